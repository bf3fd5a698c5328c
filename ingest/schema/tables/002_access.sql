-- Who may look and who may change: accounts of people, wall tokens of screens, and the sessions of both.
-- Secrets are never stored: a password only as an argon2id hash, a token only as the SHA-256 of 256 random bits.

CREATE TABLE account (
    name text PRIMARY KEY CHECK (name ~ '^[A-Za-z0-9._-]{1,64}$'),
    password_hash text NOT NULL,
    role text NOT NULL CHECK (role IN ('administrator', 'operator', 'viewer')),
    must_change boolean NOT NULL DEFAULT false,
    created timestamptz NOT NULL DEFAULT now(),
    changed timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE wall_token (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    label text NOT NULL CHECK (length(label) BETWEEN 1 AND 100),
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    revoked timestamptz NULL
);

CREATE TABLE session (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    account text NULL REFERENCES account (name) ON DELETE CASCADE,
    wall_token bigint NULL REFERENCES wall_token (id) ON DELETE CASCADE,
    created timestamptz NOT NULL DEFAULT now(),
    expires timestamptz NOT NULL,
    last_seen timestamptz NOT NULL DEFAULT now(),
    CHECK (num_nonnulls(account, wall_token) = 1)
);

CREATE INDEX session_account ON session (account) WHERE account IS NOT NULL;
CREATE INDEX session_wall_token ON session (wall_token) WHERE wall_token IS NOT NULL;
CREATE INDEX session_expires ON session (expires);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'wardroom_center') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON account, session TO wardroom_center;
        GRANT SELECT, INSERT, UPDATE ON wall_token TO wardroom_center;
    END IF;
END
$$;
