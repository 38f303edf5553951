"""Files people send: what is accepted, how pictures are made safe, where bytes live, and how they are handed out."""
