# Two images: `odoo` is Odoo 19 with what our addons import; `sandbox` is a small Python for the
# sandbox bank, the mail sink and the main job. docker-compose.yml builds both.

FROM odoo:19 AS odoo
ARG PIP_INDEX_URL
USER root
COPY requirements/addons.txt /tmp/addons.txt
# The image's Python is the distribution's and belongs to Odoo alone; there is no venv to break.
RUN pip install --no-cache-dir --break-system-packages -r /tmp/addons.txt
USER odoo

FROM python:3.12-slim AS sandbox
ARG PIP_INDEX_URL
COPY requirements/sandbox.txt /tmp/sandbox.txt
RUN pip install --no-cache-dir --no-deps --only-binary :all: --require-hashes -r /tmp/sandbox.txt
WORKDIR /srv
COPY sandbox_bank sandbox_bank
COPY bin/lib bin/lib
# The ledger and the mails outlive the containers in this folder.
RUN useradd --create-home sandbox && install -d -o sandbox /var/lib/sandbox
USER sandbox
VOLUME /var/lib/sandbox
ENV PYTHONUNBUFFERED=1
