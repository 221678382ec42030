CREATE TABLE tenant_list (
    tenant text NOT NULL,            -- `_`: what belongs to the programme
    slug text NOT NULL,
    programme text NOT NULL,
    name text NOT NULL,
    hue integer NOT NULL,
    open_registration boolean NOT NULL,
    suspended boolean NOT NULL,
    PRIMARY KEY (tenant, slug)
);
