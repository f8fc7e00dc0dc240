"""PostgreSQL and Apache Kafka as Tocsin needs them, real ones, with nothing installed before."""
