"""Grafana dashboards as code over the documented views."""
