import json
import logging
import pathlib

LOG_FILTER = [(logging.WARNING, "Empty alt attribute for image %s in %s")]  # pictures that only adorn have none
_THREADS = pathlib.Path(__file__).parent / "data" / "comments"


def _thread(key):
    return json.loads((_THREADS / f"{key}.json").read_text("utf-8"))


JINJA_FILTERS = {"thread": _thread, "from_json": json.loads}
SITENAME = 'Lantern & Shutter'
SITESUBTITLE = 'Films, slowly.'
SITEURL = 'https://lantern.example'
DEFAULT_LANG = 'en-GB'
TIMEZONE = 'UTC'
PATH = 'content'
ARTICLE_PATHS = ['posts']
PAGE_PATHS = ['pages']
STATIC_PATHS = ['static']
PATH_METADATA = 'static/(?P<static_path>.+)'
STATIC_URL = '{static_path}'
STATIC_SAVE_AS = '{static_path}'
USE_FOLDER_AS_CATEGORY = False
WITH_FUTURE_DATES = True
DEFAULT_PAGINATION = False
THEME = 'theme'
THEME_STATIC_PATHS = []
PLUGINS = []
DIRECT_TEMPLATES = ['index']
AUTHOR_SAVE_AS = ''
CATEGORY_SAVE_AS = ''
TAG_SAVE_AS = ''
FEED_ALL_ATOM = None
CATEGORY_FEED_ATOM = None
TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = None
AUTHOR_FEED_RSS = None
