-- The look-alike organisation: one row in every table, the mark in every text
-- that a page, mail, letter or log could show.
INSERT INTO org (org_id, slug, name, portal_on, settings, created_at, updated_at)
	VALUES ('org-twin', 'twin', 'Zwillingsmarke Verwaltung', TRUE, '{}', 1, 1);
INSERT INTO org_host (org_id, host, site, canonical) VALUES ('org-twin', 'twin.example', 'both', TRUE);
INSERT INTO staff (org_id, id, name, email, role, limited, language, created_at)
	VALUES ('org-twin', 'twin-staff', 'Zwillingsmarke Chefin', 'chefin@twin.example', 'proprietor', FALSE, 'de', 1);
INSERT INTO property (org_id, id, ref, name, postcode, city, country, portal_on, uvi_service, sort_key, search, created_at, updated_at)
	VALUES ('org-twin', 'twin-property', 'P-1', 'Zwillingsmarke Ahornallee 14', '12623', 'Berlin', 'DE', TRUE, TRUE,
	'zwillingsmarke ahornallee 00000014', 'zwillingsmarke ahornallee 14 p 1 12623 berlin', 1, 1);
INSERT INTO staff_property (org_id, staff_id, property_id) VALUES ('org-twin', 'twin-staff', 'twin-property');
INSERT INTO building (org_id, id, property_id, street, house_number, postcode, city, country, sort_key, match_key)
	VALUES ('org-twin', 'twin-building', 'twin-property', 'Ahornallee Zwillingsmarke', '14', '12623', 'Berlin', 'DE', 'ahornallee 14', 'ahornallee 14 12623');
INSERT INTO unit (org_id, id, property_id, building_id, ref, label, stairwell, floor, usage, uvi_needed, sort_key, match_key)
	VALUES ('org-twin', 'twin-unit', 'twin-property', 'twin-building', 'U-1', 'Wohnung Zwillingsmarke', '14', 'EG', 'flat', TRUE, '1', 'ahornallee 14 12623		wohnung 1');
INSERT INTO person (org_id, id, ref, salutation, title, first_name, last_name, company, language, email, phone, post_name, post_street, post_postcode, post_city, post_country, search, created_at, updated_at)
	VALUES ('org-twin', 'twin-person', 'M-1', 'mrs', '', 'Marlene', 'Zwillingsmarke', '', 'de', 'marlene@post.example', '', '', '', '', '', '', 'marlene zwillingsmarke', 1, 1);
INSERT INTO lease (org_id, id, unit_id, kind, ref, starts_on, ends_on, until, signed_on, currency, notice_period, created_at, updated_at)
	VALUES ('org-twin', 'twin-lease', 'twin-unit', 'rental', 'L-1', '2020-01-01', '', '9999-12-31', '', 'EUR', '', 1, 1);
INSERT INTO lease_person (org_id, lease_id, person_id, role, from_day, to_day)
	VALUES ('org-twin', 'twin-lease', 'twin-person', 'contract_party', '2020-01-01', '9999-12-31');
INSERT INTO consent (org_id, id, person_id, channel, address, given_on, wording, source, recorded_by, recorded_at)
	VALUES ('org-twin', 'twin-consent', 'twin-person', 'email', 'marlene@post.example', '2025-01-01', 'Zwillingsmarke', 'import', 'x', 1);
INSERT INTO delivery (org_id, id, kind, key, channel, person_id, address, language, args, state, reason, created_at, failed_at)
	VALUES ('org-twin', 'twin-delivery', 'access.invitation', 'twin', 'email', 'twin-person', 'marlene@post.example', 'de', '{}', 'failed', 'Zwillingsmarke', 1, 1);
INSERT INTO preference (org_id, account_id, topic, post, email, push, chosen_at) VALUES ('org-twin', 'twin-account', 'messages', TRUE, TRUE, TRUE, 1);
INSERT INTO push_device (org_id, id, account_id, endpoint, p256dh, auth, device, created_at, seen_at)
	VALUES ('org-twin', 'twin-device', 'twin-account', 'https://push.example/twin', 'x', 'x', 'Zwillingsmarke', 1, 1);
INSERT INTO bouncing (org_id, address, delivery_id, status, reason, since)
	VALUES ('org-twin', 'marlene@post.example', 'twin-delivery', '5.1.1', 'Zwillingsmarke', 1);
INSERT INTO print_run (org_id, id, state, properties, total, created_by, created_at)
	VALUES ('org-twin', 'twin-print', 'ready', 'twin-property', 1, 'x', 1);
INSERT INTO account (org_id, id, site, email, password_hash, created_at, password_at)
	VALUES ('org-twin', 'twin-account', 'resident', 'marlene@post.example', 'x', 1, 1);
INSERT INTO account_person (org_id, account_id, person_id, since) VALUES ('org-twin', 'twin-account', 'twin-person', 1);
INSERT INTO session (org_id, id, account_id, token_hash, device, remember, created_at, auth_at, seen_at, expires_at)
	VALUES ('org-twin', 'twin-session', 'twin-account', 'twin-token-hash', 'Zwillingsmarke', TRUE, 1, 1, 1, 9999999999999999);
INSERT INTO access_code (org_id, id, person_id, lease_id, channel, typed_hash, link_hash, address, issued_by, issued_at, expires_at)
	VALUES ('org-twin', 'twin-code', 'twin-person', 'twin-lease', 'letter', 'twin-typed', 'twin-link', 'Zwillingsmarke', 'x', 1, 9999999999999999);
INSERT INTO person_access (org_id, person_id, state, since) VALUES ('org-twin', 'twin-person', 'confirmed', 1);
INSERT INTO registration (org_id, id, code_id, email, password_hash, language, browser_hash, created_at, expires_at)
	VALUES ('org-twin', 'twin-registration', 'twin-code', 'x@twin.example', 'x', 'de', 'twin-browser', 1, 9999999999999999);
INSERT INTO access_link (org_id, id, kind, account_id, token_hash, created_at, expires_at)
	VALUES ('org-twin', 'twin-link', 'reset', 'twin-account', 'twin-reset', 1, 9999999999999999);
INSERT INTO throttle (org_id, kind, key, tries, last_at) VALUES ('org-twin', 'sign-in', 'x', 1, 9999999999999999);
INSERT INTO letter_batch (org_id, id, property_id, reason, state, secret, created_by, created_at, erase_at)
	VALUES ('org-twin', 'twin-batch', 'twin-property', 'download', 'ready', 'x', 'x', 1, 9999999999999999);
INSERT INTO letter (org_id, batch_id, person_id, lease_id, position, state, reason)
	VALUES ('org-twin', 'twin-batch', 'twin-person', 'twin-lease', 1, 'failed', 'Zwillingsmarke');
INSERT INTO checklist (org_id, property_id, confirmed_by, confirmed_at) VALUES ('org-twin', 'twin-property', 'x', 1);
INSERT INTO person_contact (org_id, person_id, field, value, was, from_day, set_at) VALUES ('org-twin', 'twin-person', 'phone', 'Zwillingsmarke', '', '', 1);
INSERT INTO contact_change (org_id, id, batch_id, person_id, account_id, session_id, property_id, lease_id, field, was, value, from_day, mode, state, asked_at, password_at, verified_at, due_on)
	VALUES ('org-twin', 'twin-change', 'twin-change', 'twin-person', 'twin-account', '', 'twin-property', 'twin-lease', 'phone', '', 'Zwillingsmarke', '', 'erp_confirmed', 'requested', 1, 1, 1, '2026-01-01');
INSERT INTO job (org_id, id, kind, key, args, state, run_at, created_at)
	VALUES ('org-twin', 'twin-job', 'twin.never', '', '{}', 'dead', 1, 1);
INSERT INTO search_word (org_id, kind, word, item_id) VALUES ('org-twin', 'twin', 'zwillingsmarke', 'twin');
INSERT INTO audit_entry (org_id, id, at, actor, action, object, detail)
	VALUES ('org-twin', 'twin-audit', 1, 'staff:twin-staff', 'x', 'x', 'Zwillingsmarke');
INSERT INTO import_run (org_id, id, name, blob, size, state, headings, mapping, complete, end_missing, limits, problem, step, done, staged, position, counts, created_by, created_at, worked_at, checked_at, applied_by, applied_at, undone_by, undone_at)
	VALUES ('org-twin', 'twin-run', 'Zwillingsmarke.csv', '', 1, 'applied', '{}', '{}', FALSE, FALSE, '', '', '', 0, 2, 0, '{}', 'x', 1, 1, 1, 'x', 1, '', 0);
INSERT INTO import_hold (org_id, run_id, till) VALUES ('org-twin', 'twin-run', 1);
INSERT INTO import_row (org_id, run_id, row_no, data, problems) VALUES ('org-twin', 'twin-run', 2, 'Zwillingsmarke', '');
INSERT INTO import_result (org_id, run_id, seq, row_no, grp, state, kind, fresh, own, sig, data, place, who, changes, problems)
	VALUES ('org-twin', 'twin-run', 1, 2, 1, 'new', 'new', 2, 0, 0, '', 'Zwillingsmarke', 'Zwillingsmarke', '[]', '');
INSERT INTO import_note (org_id, run_id, row_no, n, kind, person_id, place, who, problem)
	VALUES ('org-twin', 'twin-run', 2, 0, 'warning', '', 'Zwillingsmarke', 'Zwillingsmarke', '{}');
INSERT INTO import_ending (org_id, run_id, lease_id, person_id, whole, was_until, ends_on, place, who, state)
	VALUES ('org-twin', 'twin-run', 'twin-lease', 'twin-person', TRUE, '9999-12-31', '2026-01-01', 'Zwillingsmarke', 'Zwillingsmarke', 'found');
INSERT INTO import_batch (org_id, run_id, n, data) VALUES ('org-twin', 'twin-run', 1, '{}');
INSERT INTO import_kept (org_id, run_id, kind, object_id, label, reason) VALUES ('org-twin', 'twin-run', 'person', 'twin-person', 'Zwillingsmarke', 'x');
INSERT INTO import_mapping (org_id, headings, mapping, used_at) VALUES ('org-twin', 'x', '{}', 1);
INSERT INTO conversation (org_id, id, kind, subject, aud_kind, aud_id, aud_day, aud_author, property_id, lease_id, person_id, who, place, ref, root_id, by_staff, replies,
	assignee_id, waits_since, hold, created_at, last_at, in_at, in_name, in_text, out_at, out_name, out_text, messages, files, answers)
	VALUES ('org-twin', 'twin-conversation', 'message', 'Zwillingsmarke', 'person', 'twin-person', '2026-01-01', 'twin-person', 'twin-property', 'twin-lease', 'twin-person',
	'Marlene Zwillingsmarke', 'Ahornallee Zwillingsmarke 14', '', '', FALSE, TRUE, 'twin-staff', 1, TRUE, 1, 1, 1, 'Marlene Zwillingsmarke', 'Zwillingsmarke', 1, 'Zwillingsmarke Chefin', 'Zwillingsmarke', 1, 0, 0);
INSERT INTO message (org_id, id, conversation_id, at, side, author_id, author_name, source, internal, text, files)
	VALUES ('org-twin', 'twin-message', 'twin-conversation', 1, 'resident', 'twin-person', 'Marlene Zwillingsmarke', 'portal', FALSE, 'Zwillingsmarke', 0);
INSERT INTO conversation_seen (org_id, conversation_id, account_id, side, at) VALUES ('org-twin', 'twin-conversation', 'twin-account', 'resident', 1);
INSERT INTO draft (org_id, id, account_id, place, fields, updated_at) VALUES ('org-twin', 'twin-draft', 'twin-account', 'new', '{"text":"Zwillingsmarke"}', 9999999999999999);
INSERT INTO broadcast (org_id, message_id, reached, done_at, persons, portal, email, push, letter, invited, nowhere)
	VALUES ('org-twin', 'twin-message', '', 1, 1, 1, 0, 0, 0, 0, 0);
INSERT INTO file (org_id, id, owner_kind, owner_id, name, type, size, blob, thumb_blob, width, height, pages, attachments, created_by, created_at)
	VALUES ('org-twin', 'twin-file', 'document', 'twin-document', 'Zwillingsmarke.pdf', 'application/pdf', 1, '', '', 0, 0, 1, FALSE, 'x', 1);
INSERT INTO file_usage (org_id, files, bytes) VALUES ('org-twin', 1, 1);
INSERT INTO document (org_id, id, kind, title, day, aud_kind, aud_id, aud_day, property_id, file_id, search, state, hold, created_by, created_at, changed_at)
	VALUES ('org-twin', 'twin-document', 'minutes', 'Zwillingsmarke', '2026-01-01', 'property', 'twin-property', '2026-01-01', 'twin-property', 'twin-file', 'zwillingsmarke', 'published', FALSE, 'x', 1, 1);
INSERT INTO document_read (org_id, document_id, person_id, read_at) VALUES ('org-twin', 'twin-document', 'twin-person', 1);
INSERT INTO document_batch (org_id, id, property_id, kind, title, day, target, state, created_by, created_at)
	VALUES ('org-twin', 'twin-documents', 'twin-property', 'statement', 'Zwillingsmarke', '2026-01-01', 'unit', 'open', 'x', 1);
INSERT INTO document_item (org_id, batch_id, id, name, file_id, problem, match_id, how, left_out)
	VALUES ('org-twin', 'twin-documents', 'twin-item', 'Zwillingsmarke.pdf', '', 'x', 'twin-unit', 'name', FALSE);
INSERT INTO notice (org_id, id, property_id, aud_kind, aud_id, title, body, urgent, from_day, until_day, state, created_by, created_at, published_at)
	VALUES ('org-twin', 'twin-notice', 'twin-property', 'property', 'twin-property', 'Zwillingsmarke', 'Zwillingsmarke', TRUE, '2020-01-01', '2099-12-31', 'published', 'twin-staff', 1, 1);
INSERT INTO notice_seen (org_id, notice_id, person_id, seen_at) VALUES ('org-twin', 'twin-notice', 'twin-person', 1);
INSERT INTO case_category (org_id, id, parent_id, position, kind, opens, icon, texts, fields, urgency, assignee_id, provider_id, active)
	VALUES ('org-twin', 'twin-category', '', 1, 'damage', 'case', 'wrench', '{"de":{"name":"Zwillingsmarke"}}', '[]', '', 'twin-staff', 'twin-provider', TRUE);
INSERT INTO case_provider (org_id, id, position, name, trade, phone, hours, icon, public, active)
	VALUES ('org-twin', 'twin-provider', 1, 'Zwillingsmarke', 'Zwillingsmarke', '030 1', '', 'wrench', TRUE, TRUE);
INSERT INTO case_provider_property (org_id, provider_id, property_id) VALUES ('org-twin', 'twin-provider', 'twin-property');
INSERT INTO case_number (org_id, year, last) VALUES ('org-twin', 2026, 1);
INSERT INTO conversation (org_id, id, kind, subject, aud_kind, aud_id, aud_day, aud_author, property_id, lease_id, person_id, who, place, ref, root_id, by_staff, replies,
	assignee_id, waits_since, hold, created_at, last_at, in_at, in_name, in_text, out_at, out_name, out_text, messages, files, answers)
	VALUES ('org-twin', 'twin-case', 'case', 'Zwillingsmarke', 'person', 'twin-person', '2026-01-01', 'twin-person', 'twin-property', 'twin-lease', 'twin-person',
	'Marlene Zwillingsmarke', 'Ahornallee Zwillingsmarke 14', '2026-0001', '', FALSE, TRUE, 'twin-staff', 1, TRUE, 1, 1, 1, 'Marlene Zwillingsmarke', 'Zwillingsmarke', 1, 'Zwillingsmarke Chefin', 'Zwillingsmarke', 1, 0, 0);
INSERT INTO message (org_id, id, conversation_id, at, side, author_id, author_name, source, internal, text, files)
	VALUES ('org-twin', 'twin-casemessage', 'twin-case', 1, 'resident', 'twin-person', 'Marlene Zwillingsmarke', 'portal', FALSE, 'Zwillingsmarke', 0);
INSERT INTO case_item (org_id, id, seq, ord, category_id, topic_id, status, status_at, urgency, property_id, building_id, unit_id, assignee_id, spot, fields, reach, phone, release,
	provider_id, due_on, touched_at, done_at, rating, rating_text, lead_id, reports)
	VALUES ('org-twin', 'twin-case', 20260000001, 20260000001, 'twin-category', 'twin-category', 'open', 1, 'soon', 'twin-property', 'twin-building', 'twin-unit', 'twin-staff', 'Zwillingsmarke', '{}',
	'Zwillingsmarke', '030 1', FALSE, 'twin-provider', '9999-12-31', 1, 0, 0, 'Zwillingsmarke', '', 1);
INSERT INTO case_event (org_id, id, case_id, at, kind, side, who, detail, internal) VALUES ('org-twin', 'twin-event', 'twin-case', 1, 'status', 'staff', 'Zwillingsmarke', 'Zwillingsmarke', FALSE);
INSERT INTO case_appointment (org_id, id, case_id, property_id, day, from_time, till_time, provider_id, who, phone, note, state, version, created_at)
	VALUES ('org-twin', 'twin-appointment', 'twin-case', 'twin-property', '2026-01-01', '08:00', '10:00', 'twin-provider', 'Zwillingsmarke', '', 'Zwillingsmarke', 'set', 1, 1);
INSERT INTO case_copy (org_id, message_id, origin_id) VALUES ('org-twin', 'twin-casemessage', 'twin-message');
