"""What an agent is writing in a ticket: kept until it is sent, and seen by the others who have it open."""
