"""What feedkeep costs, measured side by side with what it is held to; see README.md."""
