"""The page where somebody who is signed in shows again that it is them."""
