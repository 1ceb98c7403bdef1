"""What the bank's books are, what they prove, and which invoice a receipt pays: plain Python."""
