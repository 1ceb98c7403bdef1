"""CFONB120, the French statement of records of 120 characters: 01, 04, 05, 07."""
