"""Live chat: its place in the product. The conversation itself is not here yet; the page offers the ticket form."""
