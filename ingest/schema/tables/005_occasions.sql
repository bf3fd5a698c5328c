-- Occasions (a congress, a meeting): who is expected on which list, at which gates they come in, and who passed. Only the center writes these.
-- An occasion is what people call an event; `event` is what gateways tell.

CREATE TABLE occasion (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    place text NOT NULL DEFAULT '',
    starts timestamptz NOT NULL,
    ends timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'rehearsal', 'open', 'closed')),
    opened timestamptz NULL,
    closed timestamptz NULL,
    theme jsonb NOT NULL DEFAULT '{}',
    retain_days integer NOT NULL DEFAULT 30 CHECK (retain_days BETWEEN 0 AND 3650),
    created timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    CHECK (starts < ends)
);

-- A session or a day of an occasion.
CREATE TABLE checkin_list (
    id uuid PRIMARY KEY,
    occasion uuid NOT NULL REFERENCES occasion (id) ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    starts timestamptz NULL,
    ends timestamptz NULL,
    UNIQUE (occasion, name)
);

-- A camera and a screen; `id` is in the screen's address.
CREATE TABLE gate (
    id text PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_-]{1,64}$'),
    occasion uuid NOT NULL REFERENCES occasion (id) ON DELETE CASCADE,
    list uuid NOT NULL REFERENCES checkin_list (id) ON DELETE CASCADE,
    name text NOT NULL,
    direction text NOT NULL DEFAULT 'in' CHECK (direction IN ('in', 'out')),
    site text NULL,
    gateway text NULL,
    camera text NULL
);

CREATE INDEX gate_camera ON gate (site, gateway, camera);

-- `photo_file`: what the workbook calls the delegate's photo. `badge_digest`: SHA-256 of the text of the QR code, which itself is sealed.
-- `revoked`: not valid from then on.
CREATE TABLE delegate (
    id uuid PRIMARY KEY,
    occasion uuid NOT NULL REFERENCES occasion (id) ON DELETE CASCADE,
    person uuid NULL REFERENCES person (id) ON DELETE CASCADE,
    title text NOT NULL DEFAULT '',
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    plain text NOT NULL,
    position text NOT NULL DEFAULT '',
    unit text NOT NULL DEFAULT '',
    delegation text NOT NULL DEFAULT '',
    seat text NOT NULL DEFAULT '',
    photo_file text NOT NULL DEFAULT '',
    badge_digest bytea NULL CHECK (length(badge_digest) = 32),
    badge_sealed bytea NULL,
    revoked timestamptz NULL,
    revoked_reason text NULL,
    created timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL
);

CREATE UNIQUE INDEX delegate_badge ON delegate (badge_digest);
CREATE INDEX delegate_occasion ON delegate (occasion, plain, id);
CREATE INDEX delegate_person ON delegate (person);

CREATE TABLE list_entry (
    list uuid NOT NULL REFERENCES checkin_list (id) ON DELETE CASCADE,
    delegate uuid NOT NULL REFERENCES delegate (id) ON DELETE CASCADE,
    PRIMARY KEY (list, delegate)
);

CREATE INDEX list_entry_delegate ON list_entry (delegate);

-- Unknown faces that look alike. `ignored`: for good, also when they come again.
CREATE TABLE stranger (
    id uuid PRIMARY KEY,
    occasion uuid NOT NULL REFERENCES occasion (id) ON DELETE CASCADE,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'assigned', 'ignored')),
    delegate uuid NULL REFERENCES delegate (id) ON DELETE CASCADE,
    settled timestamptz NULL,
    settled_by text NULL
);

-- Best shots, sealed, with the face's embedding where the center has an engine.
CREATE TABLE evidence (
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),
    site text NOT NULL,
    gateway text NOT NULL,
    sealed bytea NOT NULL,
    model text NULL,
    embedding_sealed bytea NULL,
    received timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX evidence_received ON evidence (received);

-- Somebody at a gate or a desk. `id`: of the visit (a face, a code), or made by the desk that asks: the same one again is the same passage.
-- `at`: when it was first seen; `result`: what it counts for, found anew whenever another passage of the same delegate on the same list comes.
-- `told`: the newest event that said who it is; `changed`: when anything of the row did, for the other centers.
CREATE TABLE passage (
    id uuid PRIMARY KEY,
    occasion uuid NOT NULL REFERENCES occasion (id) ON DELETE CASCADE,
    list uuid NOT NULL REFERENCES checkin_list (id) ON DELETE CASCADE,
    gate text NULL REFERENCES gate (id) ON DELETE SET NULL,
    delegate uuid NULL REFERENCES delegate (id) ON DELETE CASCADE,
    stranger uuid NULL REFERENCES stranger (id) ON DELETE SET NULL,
    direction text NOT NULL CHECK (direction IN ('in', 'out')),
    method text NOT NULL CHECK (method IN ('face', 'code', 'name', 'hand')),
    result text NOT NULL,
    at timestamptz NOT NULL,
    received timestamptz NOT NULL DEFAULT now(),
    score real NULL,
    source text NULL,
    offline boolean NOT NULL DEFAULT false,
    rehearsal boolean NOT NULL DEFAULT false,
    evidence bytea NULL,
    noted_by text NULL,
    overridden boolean NOT NULL DEFAULT false,
    reason text NULL,
    undone timestamptz NULL,
    undone_by text NULL,
    undone_reason text NULL,
    told uuid NULL,
    changed timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX passage_standing ON passage (list, delegate, at);
CREATE INDEX passage_recent ON passage (list, received);
CREATE INDEX passage_delegate ON passage (delegate);
CREATE INDEX passage_changed ON passage (changed);
CREATE INDEX passage_occasion ON passage (occasion);
CREATE INDEX passage_stranger ON passage (stranger) WHERE stranger IS NOT NULL;
CREATE INDEX passage_evidence ON passage (evidence) WHERE evidence IS NOT NULL;

-- How far the check-in has read the gateways' events: what came while no center ran is read at its next start.
CREATE TABLE checkin_cursor (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq bigint NOT NULL
);

INSERT INTO checkin_cursor (seq) VALUES (0);

-- Where somebody was recognised: for their erasure, which must not read every event there ever was.
CREATE INDEX event_person ON event ((data ->> 'person')) WHERE type = 'vn.wardroom.face.recognized.v1';
