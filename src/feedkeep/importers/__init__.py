"""One module for each source format; see feedkeep.formats."""
