"""`python -m deploy.nats`: provision the streams; `… accounts` and `… leaf` print configuration.

NATS_URL        the server, with the user `provisioner`
NATS_REPLICAS   copies of every stream: 1 (default), 3 on a cluster
PARTNERS_FILE   the operator's file (deploy/example/partners.toml)
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from deploy.nats import config, partners, streams


def main() -> int:
    options = _options()
    try:
        known = partners.read(options.partners)
    except partners.BadPartnersFile as error:
        print(error, file=sys.stderr)
        return 1
    if options.what == "accounts":
        print(config.accounts(known))
    elif options.what == "leaf":
        print("\n".join(config.leaf(one) for one in known if one.leaf))
    else:
        replicas = int(os.environ.get("NATS_REPLICAS", "1"))
        changes = asyncio.run(streams.provision(os.environ["NATS_URL"], known, replicas))
        print("\n".join(changes) or "nothing to change")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.nats")
    parser.add_argument(
        "what",
        nargs="?",
        default="provision",
        choices=["provision", "accounts", "leaf"],
        help="provision streams and consumers, or print a part of the server's configuration",
    )
    parser.add_argument(
        "--partners",
        type=Path,
        default=Path(os.environ.get("PARTNERS_FILE", "deploy/example/partners.toml")),
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
