# One image for all of PeerNet's processes; docker-compose.yml says which one a container runs.

FROM node:22-slim AS font
WORKDIR /font
COPY package.json package-lock.json .npmrc ./
RUN npm ci

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/var/lib/peernet
WORKDIR /app
COPY requirements/base.txt requirements/
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/base.txt
# Only VAR_DIR is the program's to write; a new volume takes its owner from here.
RUN useradd --system --uid 10001 --no-create-home peernet \
 && install -d -o peernet -g peernet -m 700 /var/lib/peernet
COPY . .
COPY --from=font /font/node_modules node_modules
USER 10001
EXPOSE 8000
ENTRYPOINT ["/app/peernet/embedded/container.sh"]
CMD ["web"]
