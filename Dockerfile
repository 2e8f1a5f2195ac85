# Điểm Tin in a container: everything it keeps is under /data. How to run it: compose.yaml and docs/operating.md.

FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY bot bot
COPY config config
COPY storage storage
COPY summarizer summarizer
RUN python -m venv /opt/diemtin \
 && /opt/diemtin/bin/pip install --no-cache-dir --disable-pip-version-check --constraint requirements.lock .

FROM python:3.13-slim
COPY --from=build /opt/diemtin /opt/diemtin
RUN install -d -o 10001 -g 10001 /data
ENV PATH=/opt/diemtin/bin:$PATH \
    DIEMTIN_DATABASE_URL=sqlite:////data/diemtin.db \
    DIEMTIN_CONFIG=/data/diemtin.toml \
    MPLCONFIGDIR=/tmp \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=10s --start-period=60s CMD ["diemtin", "health"]
ENTRYPOINT ["diemtin"]
CMD ["run", "--json-logs"]
