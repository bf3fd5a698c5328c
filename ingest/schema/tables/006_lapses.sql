-- `lapses`: until when the occasions somebody was taken out of would have kept their photos and faces; counts while no occasion expects them.
ALTER TABLE person ADD COLUMN lapses timestamptz NULL;
