"""Bytes to read: a file, a folder, a zip, a gzip, standard input, a fetched answer — with safe limits."""

from feedkeep.source.document import HEAD as HEAD
from feedkeep.source.document import Source as Source
from feedkeep.source.limits import LIMITS as LIMITS
from feedkeep.source.limits import Limits as Limits
