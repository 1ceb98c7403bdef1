-- A copy of the database sends nothing, and no link that a debtor holds opens it.
UPDATE collection_policy SET kill_switch = true;
UPDATE collection_case SET access_nonce = md5(random()::text || id::text);
UPDATE collection_channel SET enabled = false, url = NULL WHERE url IS NOT NULL;
