"""Hours: of the chat and of business, with holidays."""
