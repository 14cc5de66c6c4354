"""Namespace names. Formats match by these, never by the prefix that a document happens to use."""

from __future__ import annotations

ATOM = "http://www.w3.org/2005/Atom"
ATOM_03 = "http://purl.org/atom/ns#"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
DC_10 = "http://purl.org/dc/elements/1.0/"
DCTERMS = "http://purl.org/dc/terms/"
FEEDKEEP = "urn:feedkeep:1"
FOAF = "http://xmlns.com/foaf/0.1/"
HISTORY = "http://purl.org/syndication/history/1.0"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
LETTERBOXD = "https://letterboxd.com"
MEDIA = "http://search.yahoo.com/mrss/"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
OPENSEARCH_RSS = "http://a9.com/-/spec/opensearchrss/1.0/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RSS_09 = "http://my.netscape.com/rdf/simple/0.9/"
RSS_10 = "http://purl.org/rss/1.0/"
RVW = "http://purl.org/NET/RVW/0.2/"
SLASH = "http://purl.org/rss/1.0/modules/slash/"
SY = "http://purl.org/rss/1.0/modules/syndication/"
THR = "http://purl.org/syndication/thread/1.0"
TMDB = "https://themoviedb.org"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
WFW = "http://wellformedweb.org/CommentAPI/"
XHTML = "http://www.w3.org/1999/xhtml"
XML = "http://www.w3.org/XML/1998/namespace"

# RSS 2.0 has no namespace; these are what its ancestors, its descendants and its imitators put it in.
RSS = (
    "",
    RSS_09,
    RSS_10,
    "http://backend.userland.com/rss",
    "http://backend.userland.com/rss2",
    "http://backend.userland.com/rss091",
    "http://blogs.law.harvard.edu/tech/rss",
    "http://channel.netscape.com/rdf/simple/0.9/",
    "http://cyber.law.harvard.edu/rss",
    "http://purl.org/net/rss1.1#",
    "http://purl.org/rss/1.0/modules/rss091#",
)


def folded(uri: str) -> str:
    """Reduce a namespace name to what feeds get right of it: they vary the case and forget the last slash."""
    return uri.lower().rstrip("/#")


# What the readers call the elements of a namespace, by its folded name.
PREFIXES = {
    folded(uri): prefix
    for uri, prefix in (
        *((uri, "rss:") for uri in RSS),
        (ATOM, "atom:"),
        (ATOM_03, "atom:"),
        (CONTENT, "content:"),
        (DC, "dc:"),
        (DC_10, "dc:"),
        (DCTERMS, "dcterms:"),
        (FEEDKEEP, "fk:"),
        (HISTORY, "fh:"),
        (ITUNES, "itunes:"),
        ("http://example.com/DTDs/PodCast-1.0.dtd", "itunes:"),  # an example that people copied
        (LETTERBOXD, "letterboxd:"),
        ("http://letterboxd.com", "letterboxd:"),
        (MEDIA, "media:"),
        (OPENSEARCH, "opensearch:"),
        (OPENSEARCH_RSS, "opensearch:"),
        (RVW, "rvw:"),
        (SLASH, "slash:"),
        (THR, "thr:"),
        (TMDB, "tmdb:"),
        ("http://themoviedb.org", "tmdb:"),
        (TOMBSTONES, "at:"),
        (WFW, "wfw:"),
        (XHTML, "xhtml:"),
    )
}
