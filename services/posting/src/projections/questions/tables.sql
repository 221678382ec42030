-- One row for each word of a standing thread's title and of its text, in the form in which
-- it is looked for. The key serves the thread; the search has an index of its own.
CREATE TABLE question_words (
    tenant text NOT NULL,
    thread_id uuid NOT NULL,
    -- Whether it stands in the title; else in the text.
    titled boolean NOT NULL,
    word text NOT NULL,
    community_id uuid NOT NULL,
    author_id uuid NOT NULL,
    PRIMARY KEY (tenant, thread_id, titled, word)
);
