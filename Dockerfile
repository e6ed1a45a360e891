# One image for every process of the scaled-out shape: web, worker, scheduler, migrations.
FROM python:3.13-slim-bookworm AS packages
WORKDIR /app
COPY requirements.txt .
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.txt

FROM python:3.13-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=reflection.settings \
    DATA_DIR=/app/var \
    HOST=0.0.0.0 \
    LOG_FORMAT=json
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin reflection
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY --chown=root:root . .
RUN install -d -o reflection -g reflection /app/var /app/var/media
USER reflection
# Static files are collected into the image. The key of this one step signs nothing and is not kept.
RUN SECRET_KEY=a-key-for-collecting-static-files-that-signs-nothing \
    python manage.py collectstatic --noinput --verbosity 0
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s --retries=6 \
    CMD ["python", "-m", "reflection.probe"]
CMD ["python", "manage.py", "serve"]
