"""Whether an agent takes chats, and the frame of every page of the desk that says so."""
