"""Options of the commands that ask the web."""

from typing import Annotated

import typer

Private = Annotated[
    bool, typer.Option("--allow-private", help="Also ask addresses within your own network and machine.")
]
Contact = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        envvar="FEEDKEEP_CONTACT",
        help="Where those who are asked can complain; sent with each request.",
    ),
]
Full = Annotated[
    bool, typer.Option("--full", help="Also go for the history beyond the feed's window, as far as it goes.")
]
MaxRequests = Annotated[
    int, typer.Option(metavar="N", min=1, help="With --full: at most so many questions to each blog in this run.")
]
