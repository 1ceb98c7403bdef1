-- A copy of the database can neither read a bank nor keep its secrets.
UPDATE bank_connection
   SET state = 'revoked',
       consent_id = NULL,
       next_attempt_at = NULL,
       base_url = 'https://neutralized.invalid',
       auth_method = 'token',
       oauth_token_endpoint = NULL,
       oauth_authorization_endpoint = NULL,
       oauth_par_endpoint = NULL,
       file_host = 'neutralized.invalid',
       file_path = NULL,
       file_host_key = NULL;
UPDATE bank_consent
   SET status = 'terminatedByTpp',
       external_id = 'neutralized',
       redirect_url = NULL,
       state_digest = NULL;
DELETE FROM bank_secret;
UPDATE bank_connection SET event_url = NULL;
UPDATE bank_outbox
   SET state = 'failed',
       problem_code = 'neutralized'
 WHERE state NOT IN ('confirmed', 'failed');
UPDATE ir_cron
   SET active = FALSE
 WHERE id IN (SELECT res_id FROM ir_model_data WHERE module = 'bank_sync' AND model = 'ir.cron');
