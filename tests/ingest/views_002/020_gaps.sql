-- Per boot of a gateway: how many packs between the first and the last are not here (yet).

CREATE OR REPLACE VIEW delivery_gap AS
SELECT site, gateway, boot, last_seq - first_seq + 1 - count AS missing, first_seq, last_seq
FROM delivery_boot;
