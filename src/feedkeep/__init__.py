"""feedkeep: keep every post and comment, publish them anywhere."""
