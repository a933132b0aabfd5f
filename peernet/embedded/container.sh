#!/bin/sh
# What one container does: prepare | web | worker | beat | watch. Any other words are run as a command.
# Runs outside a container just as well: see docs/guides/operators.md.
set -eu
umask 077 # mail, uploads and static files are for this user's eyes; gunicorn serves them
cd "$(dirname "$0")/../.."
export DJANGO_SETTINGS_MODULE=peernet.settings
export CELERY_SKIP_CHECKS=1 # `prepare` has just made them

case "${1:-}" in prepare | web | worker | beat | watch)
  case "${SITE_URL:-}" in https://?*) ;; *)
    echo "SITE_URL must be the site's address and start with https:// (it is '${SITE_URL:-}')." >&2
    exit 1 ;;
  esac ;;
esac

case "${1:-}" in
prepare) exec python -m peernet.embedded.prepare ;;
web) exec python -m gunicorn peernet.wsgi -b "0.0.0.0:${PORT:-8000}" -w 2 -k gthread --threads 4 \
  --preload --graceful-timeout 20 --no-control-socket --worker-tmp-dir /dev/shm ;;
worker) exec python -m celery -A peernet worker -l warning -c 2 --without-gossip --without-mingle ;;
beat) exec python -m celery -A peernet beat -l warning --pidfile= -s "${VAR_DIR:-var}/beat-schedule" ;;
watch) exec python manage.py watch ;;
"") echo "Say what to do: prepare, web, worker, beat or watch." >&2; exit 2 ;;
*) exec "$@" ;;
esac
