"""The agents' side of the chat: the queue, their own chats, and the way over to a ticket."""
