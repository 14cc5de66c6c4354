"""HTTP, and nothing else: addresses to answers, when to ask again, and where a page says that its feeds are."""
