BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0160');
CREATE TABLE article_changes (
	id INTEGER NOT NULL, 
	article_id BIGINT NOT NULL, 
	transaction_id BIGINT NOT NULL, 
	mark BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "article_changes" VALUES(1,1,1,1);
INSERT INTO "article_changes" VALUES(2,2,2,2);
CREATE TABLE article_versions (
	article_id INTEGER NOT NULL, 
	version SMALLINT NOT NULL, 
	title TEXT NOT NULL, 
	sapo TEXT NOT NULL, 
	body TEXT NOT NULL, 
	replaced_at BIGINT NOT NULL, 
	PRIMARY KEY (article_id, version), 
	FOREIGN KEY(article_id) REFERENCES articles (id) ON DELETE CASCADE
);
INSERT INTO "article_versions" VALUES(1,1,'title 1','sapo 1','body 1',1772341200000000);
INSERT INTO "article_versions" VALUES(2,2,'title 2','sapo 2','body 2',1772427600000000);
CREATE TABLE articles (
	id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	external_id TEXT NOT NULL, 
	url TEXT, 
	source TEXT NOT NULL, 
	category TEXT, 
	topic_by_words TEXT, 
	title TEXT NOT NULL, 
	sapo TEXT NOT NULL, 
	body TEXT NOT NULL, 
	published_at BIGINT, 
	published_precision TEXT, 
	stored_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	text_hash TEXT NOT NULL, 
	version SMALLINT NOT NULL, 
	advertorial BOOLEAN NOT NULL, 
	story_id INTEGER, 
	worked_at BIGINT, tries SMALLINT DEFAULT '0' NOT NULL, ready_at BIGINT, speaker TEXT, standing TEXT, topic TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(story_id) REFERENCES stories (id) ON DELETE SET NULL, 
	UNIQUE ("key")
);
INSERT INTO "articles" VALUES(1,'key 1','external_id 1','url 1','source 1','category 1','topic_by_words 1','title 1','sapo 1','body 1',1772341200000000,'published_precision 1',1772341200000000,1772341200000000,'text_hash 1',1,0,1,1772341200000000,1,1772341200000000,'speaker 1','standing 1','topic 1');
INSERT INTO "articles" VALUES(2,'key 2','external_id 2','url 2','source 2','category 2','topic_by_words 2','title 2','sapo 2','body 2',1772427600000000,'published_precision 2',1772427600000000,1772427600000000,'text_hash 2',2,1,2,1772427600000000,2,1772427600000000,'speaker 2','standing 2','topic 2');
CREATE TABLE conversations (
	chat_id BIGINT NOT NULL, 
	awaited TEXT, 
	question_id BIGINT, 
	page SMALLINT DEFAULT '0' NOT NULL, 
	expires_at BIGINT NOT NULL, 
	PRIMARY KEY (chat_id)
);
INSERT INTO "conversations" VALUES(1,'awaited 1',1,1,1772341200000000);
INSERT INTO "conversations" VALUES(2,'awaited 2',2,2,1772427600000000);
CREATE TABLE corrections (
	id INTEGER NOT NULL, 
	story_id INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	made_at BIGINT NOT NULL, 
	confirmed_at BIGINT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(story_id) REFERENCES stories (id) ON DELETE CASCADE
);
INSERT INTO "corrections" VALUES(1,1,'text 1',1772341200000000,1772341200000000);
INSERT INTO "corrections" VALUES(2,2,'text 2',1772427600000000,1772427600000000);
CREATE TABLE deeds (
	id INTEGER NOT NULL, 
	done_at BIGINT NOT NULL, 
	admin BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "deeds" VALUES(1,1772341200000000,1,'kind 1','detail 1');
INSERT INTO "deeds" VALUES(2,1772427600000000,2,'kind 2','detail 2');
CREATE TABLE "deliveries" (
	id INTEGER NOT NULL, 
	message_id INTEGER NOT NULL, 
	subscriber_id INTEGER NOT NULL, 
	status TEXT NOT NULL, 
	not_before BIGINT NOT NULL, 
	tries SMALLINT NOT NULL, 
	telegram_id BIGINT, 
	reason TEXT, 
	changed_at BIGINT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (subscriber_id, message_id), 
	FOREIGN KEY(message_id) REFERENCES messages (id) ON DELETE CASCADE, 
	FOREIGN KEY(subscriber_id) REFERENCES subscribers (id) ON DELETE CASCADE
);
INSERT INTO "deliveries" VALUES(1,1,1,'status 1',1772341200000000,1,1,'reason 1',1772341200000000);
INSERT INTO "deliveries" VALUES(2,2,2,'status 2',1772427600000000,2,2,'reason 2',1772427600000000);
CREATE TABLE delivery_counts (
	kind TEXT NOT NULL, 
	edition TEXT NOT NULL, 
	slot_at BIGINT NOT NULL, 
	sent INTEGER NOT NULL, 
	late INTEGER NOT NULL, 
	gone INTEGER NOT NULL, 
	refused INTEGER NOT NULL, 
	departed INTEGER NOT NULL, 
	unknown INTEGER NOT NULL, 
	repeated INTEGER NOT NULL, 
	PRIMARY KEY (kind, edition, slot_at)
);
INSERT INTO "delivery_counts" VALUES('kind 1','edition 1',1772341200000000,1,1,1,1,1,1,1);
INSERT INTO "delivery_counts" VALUES('kind 2','edition 2',1772427600000000,2,2,2,2,2,2,2);
CREATE TABLE follows (
	id INTEGER NOT NULL, 
	subscriber_id INTEGER NOT NULL, 
	article_id BIGINT NOT NULL, 
	title TEXT NOT NULL, 
	made_at BIGINT NOT NULL, 
	told_at BIGINT NOT NULL, 
	news_at BIGINT NOT NULL, 
	due_at BIGINT, 
	removed_at BIGINT, 
	PRIMARY KEY (id), 
	UNIQUE (subscriber_id, article_id), 
	FOREIGN KEY(subscriber_id) REFERENCES subscribers (id) ON DELETE CASCADE
);
INSERT INTO "follows" VALUES(1,1,1,'title 1',1772341200000000,1772341200000000,1772341200000000,1772341200000000,1772341200000000);
INSERT INTO "follows" VALUES(2,2,2,'title 2',1772427600000000,1772427600000000,1772427600000000,1772427600000000,1772427600000000);
CREATE TABLE headline_changes (
	article_id INTEGER NOT NULL, 
	version SMALLINT NOT NULL, 
	changed_at BIGINT NOT NULL, 
	told_at BIGINT, 
	PRIMARY KEY (article_id, version), 
	FOREIGN KEY(article_id) REFERENCES articles (id) ON DELETE CASCADE
);
INSERT INTO "headline_changes" VALUES(1,1,1772341200000000,1772341200000000);
INSERT INTO "headline_changes" VALUES(2,2,1772427600000000,1772427600000000);
CREATE TABLE intake_files (
	source TEXT NOT NULL, 
	path TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	seen_at BIGINT NOT NULL, 
	PRIMARY KEY (source, path)
);
INSERT INTO "intake_files" VALUES('source 1','path 1','fingerprint 1',1772341200000000);
INSERT INTO "intake_files" VALUES('source 2','path 2','fingerprint 2',1772427600000000);
CREATE TABLE issue_stories (
	issue_id INTEGER NOT NULL, 
	position SMALLINT NOT NULL, 
	story_id INTEGER NOT NULL, part SMALLINT, headline TEXT, rank SMALLINT, 
	PRIMARY KEY (issue_id, position), 
	FOREIGN KEY(issue_id) REFERENCES issues (id) ON DELETE CASCADE, 
	FOREIGN KEY(story_id) REFERENCES stories (id) ON DELETE CASCADE
);
INSERT INTO "issue_stories" VALUES(1,1,1,1,'headline 1',1);
INSERT INTO "issue_stories" VALUES(2,2,2,2,'headline 2',2);
CREATE TABLE issues (
	id INTEGER NOT NULL, 
	profile_id INTEGER NOT NULL, 
	edition TEXT NOT NULL, 
	slot_at BIGINT NOT NULL, 
	window_start BIGINT NOT NULL, 
	status TEXT NOT NULL, 
	reason TEXT, 
	made_at BIGINT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(profile_id) REFERENCES profiles (id), 
	UNIQUE (profile_id, slot_at)
);
INSERT INTO "issues" VALUES(1,1,'edition 1',1772341200000000,1772341200000000,'status 1','reason 1',1772341200000000);
INSERT INTO "issues" VALUES(2,2,'edition 2',1772427600000000,1772427600000000,'status 2','reason 2',1772427600000000);
CREATE TABLE leases (
	name TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "leases" VALUES('name 1','owner 1',1772341200000000);
INSERT INTO "leases" VALUES('name 2','owner 2',1772427600000000);
CREATE TABLE messages (
	id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	html TEXT NOT NULL, 
	buttons JSON NOT NULL, 
	issue_id INTEGER, 
	part SMALLINT NOT NULL, 
	correction_id INTEGER, 
	after_id INTEGER, 
	made_at BIGINT NOT NULL, preview_url TEXT, 
	PRIMARY KEY (id), 
	UNIQUE (issue_id, part), 
	FOREIGN KEY(issue_id) REFERENCES issues (id) ON DELETE CASCADE, 
	FOREIGN KEY(correction_id) REFERENCES corrections (id) ON DELETE SET NULL, 
	FOREIGN KEY(after_id) REFERENCES messages (id) ON DELETE SET NULL
);
INSERT INTO "messages" VALUES(1,'kind 1','html 1','[]',1,1,1,1,1772341200000000,'preview_url 1');
INSERT INTO "messages" VALUES(2,'kind 2','html 2','[]',2,2,2,2,1772427600000000,'preview_url 2');
CREATE TABLE notes (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	changed_at BIGINT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "notes" VALUES('name 1','value 1',1772341200000000);
INSERT INTO "notes" VALUES('name 2','value 2',1772427600000000);
CREATE TABLE packed_articles (
	article_id INTEGER NOT NULL, 
	fingerprint TEXT NOT NULL, 
	packed BLOB NOT NULL, 
	PRIMARY KEY (article_id), 
	FOREIGN KEY(article_id) REFERENCES articles (id) ON DELETE CASCADE
);
INSERT INTO "packed_articles" VALUES(1,'fingerprint 1',X'7831');
INSERT INTO "packed_articles" VALUES(2,'fingerprint 2',X'7832');
CREATE TABLE profiles (
	id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	edition TEXT NOT NULL, 
	topics JSON NOT NULL, 
	times JSON NOT NULL, 
	days JSON NOT NULL, 
	zone TEXT, 
	next_due_at BIGINT, 
	last_slot_at BIGINT, 
	created_at BIGINT NOT NULL, length TEXT DEFAULT 'vua' NOT NULL, words_out JSON DEFAULT '[]' NOT NULL, words_in JSON DEFAULT '[]' NOT NULL, sources_out JSON DEFAULT '[]' NOT NULL, sources_in JSON DEFAULT '[]' NOT NULL, variant_of BIGINT, 
	PRIMARY KEY (id), 
	UNIQUE ("key")
);
INSERT INTO "profiles" VALUES(1,'key 1','edition 1','[]','[]','[]','zone 1',1772341200000000,1772341200000000,1772341200000000,'length 1','[]','[]','[]','[]',1);
INSERT INTO "profiles" VALUES(2,'key 2','edition 2','[]','[]','[]','zone 2',1772427600000000,1772427600000000,1772427600000000,'length 2','[]','[]','[]','[]',2);
CREATE TABLE questions (
	id INTEGER NOT NULL, 
	chat_id BIGINT NOT NULL, 
	text TEXT NOT NULL, 
	article_ids JSON NOT NULL, 
	asked_at BIGINT NOT NULL, message_id BIGINT, kept JSON, 
	PRIMARY KEY (id)
);
INSERT INTO "questions" VALUES(1,1,'text 1','[]',1772341200000000,1,'[]');
INSERT INTO "questions" VALUES(2,2,'text 2','[]',1772427600000000,2,'[]');
CREATE TABLE refusals (
	source TEXT NOT NULL, 
	path TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	seen_at BIGINT NOT NULL, 
	PRIMARY KEY (source, path)
);
INSERT INTO "refusals" VALUES('source 1','path 1','reason 1',1772341200000000);
INSERT INTO "refusals" VALUES('source 2','path 2','reason 2',1772427600000000);
CREATE TABLE saved_stories (
	id INTEGER NOT NULL, 
	subscriber_id INTEGER NOT NULL, 
	article_id BIGINT NOT NULL, 
	title TEXT NOT NULL, 
	url TEXT, 
	saved_at BIGINT NOT NULL, 
	read_at BIGINT, 
	PRIMARY KEY (id), 
	UNIQUE (subscriber_id, article_id), 
	FOREIGN KEY(subscriber_id) REFERENCES subscribers (id) ON DELETE CASCADE
);
INSERT INTO "saved_stories" VALUES(1,1,1,'title 1','url 1',1772341200000000,1772341200000000);
INSERT INTO "saved_stories" VALUES(2,2,2,'title 2','url 2',1772427600000000,1772427600000000);
CREATE TABLE set_aside_texts (
	hash TEXT NOT NULL, 
	seen_at BIGINT NOT NULL, 
	PRIMARY KEY (hash)
);
INSERT INTO "set_aside_texts" VALUES('hash 1',1772341200000000);
INSERT INTO "set_aside_texts" VALUES('hash 2',1772427600000000);
CREATE TABLE shown_stories (
	subscriber_id INTEGER NOT NULL, 
	story_id INTEGER NOT NULL, 
	shown_at BIGINT NOT NULL, 
	PRIMARY KEY (subscriber_id, story_id), 
	FOREIGN KEY(subscriber_id) REFERENCES subscribers (id) ON DELETE CASCADE, 
	FOREIGN KEY(story_id) REFERENCES stories (id) ON DELETE CASCADE
);
INSERT INTO "shown_stories" VALUES(1,1,1772341200000000);
INSERT INTO "shown_stories" VALUES(2,2,1772427600000000);
CREATE TABLE stories (
	id INTEGER NOT NULL, 
	created_at BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "stories" VALUES(1,1772341200000000);
INSERT INTO "stories" VALUES(2,1772427600000000);
CREATE TABLE story_lists (
	id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	story_ids JSON NOT NULL, 
	made_at BIGINT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE ("key")
);
INSERT INTO "story_lists" VALUES(1,'key 1','[]',1772341200000000);
INSERT INTO "story_lists" VALUES(2,'key 2','[]',1772427600000000);
CREATE TABLE subscribers (
	id INTEGER NOT NULL, 
	chat_id BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	status TEXT NOT NULL, 
	status_reason TEXT, 
	profile_id INTEGER NOT NULL, 
	quiet_start SMALLINT NOT NULL, 
	quiet_end SMALLINT NOT NULL, 
	created_at BIGINT NOT NULL, 
	changed_at BIGINT NOT NULL, thread_id BIGINT, previous_profile_id BIGINT, held_until BIGINT, told_at BIGINT, paused_until BIGINT, joined_at BIGINT, silent BOOLEAN DEFAULT 0 NOT NULL, paused_at BIGINT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(profile_id) REFERENCES profiles (id), 
	UNIQUE (chat_id)
);
INSERT INTO "subscribers" VALUES(1,1,'kind 1','status 1','status_reason 1',1,1,1,1772341200000000,1772341200000000,1,1,1772341200000000,1772341200000000,1772341200000000,1772341200000000,0,1772341200000000);
INSERT INTO "subscribers" VALUES(2,2,'kind 2','status 2','status_reason 2',2,2,2,1772427600000000,1772427600000000,2,2,1772427600000000,1772427600000000,1772427600000000,1772427600000000,1,1772427600000000);
CREATE TABLE summary_places (
	article_id INTEGER NOT NULL, 
	position SMALLINT NOT NULL, 
	field TEXT NOT NULL, 
	start INTEGER NOT NULL, 
	"end" INTEGER NOT NULL, 
	PRIMARY KEY (article_id, position), 
	FOREIGN KEY(article_id) REFERENCES articles (id) ON DELETE CASCADE
);
INSERT INTO "summary_places" VALUES(1,1,'field 1',1,1);
INSERT INTO "summary_places" VALUES(2,2,'field 2',2,2);
CREATE TABLE tastes (
	subscriber_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	weight SMALLINT NOT NULL, 
	PRIMARY KEY (subscriber_id, kind, "key"), 
	FOREIGN KEY(subscriber_id) REFERENCES subscribers (id) ON DELETE CASCADE
);
INSERT INTO "tastes" VALUES(1,'kind 1','key 1',1);
INSERT INTO "tastes" VALUES(2,'kind 2','key 2',2);
CREATE TABLE taught_stories (
	subscriber_id INTEGER NOT NULL, 
	article_id BIGINT NOT NULL, 
	liking SMALLINT NOT NULL, 
	traits JSON NOT NULL, 
	taught_at BIGINT NOT NULL, 
	PRIMARY KEY (subscriber_id, article_id), 
	FOREIGN KEY(subscriber_id) REFERENCES subscribers (id) ON DELETE CASCADE
);
INSERT INTO "taught_stories" VALUES(1,1,1,'[]',1772341200000000);
INSERT INTO "taught_stories" VALUES(2,2,2,'[]',1772427600000000);
CREATE TABLE updates (
	update_id BIGINT NOT NULL, 
	payload TEXT, 
	received_at BIGINT NOT NULL, failure TEXT, 
	PRIMARY KEY (update_id)
);
INSERT INTO "updates" VALUES(1,'payload 1',1772341200000000,'failure 1');
INSERT INTO "updates" VALUES(2,'payload 2',1772427600000000,'failure 2');
CREATE TABLE watch_hits (
	watch_id INTEGER NOT NULL, 
	story_id INTEGER NOT NULL, 
	article_id INTEGER NOT NULL, 
	found_at BIGINT NOT NULL, 
	not_before BIGINT NOT NULL, 
	alerted_at BIGINT, 
	PRIMARY KEY (watch_id, story_id), 
	FOREIGN KEY(watch_id) REFERENCES watches (id) ON DELETE CASCADE, 
	FOREIGN KEY(story_id) REFERENCES stories (id) ON DELETE CASCADE, 
	FOREIGN KEY(article_id) REFERENCES articles (id) ON DELETE CASCADE
);
INSERT INTO "watch_hits" VALUES(1,1,1,1772341200000000,1772341200000000,1772341200000000);
INSERT INTO "watch_hits" VALUES(2,2,2,1772427600000000,1772427600000000,1772427600000000);
CREATE TABLE watches (
	id INTEGER NOT NULL, 
	subscriber_id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	text TEXT NOT NULL, 
	made_at BIGINT NOT NULL, 
	changed_at BIGINT NOT NULL, 
	removed_at BIGINT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(subscriber_id) REFERENCES subscribers (id) ON DELETE CASCADE, 
	UNIQUE (subscriber_id, "key")
);
INSERT INTO "watches" VALUES(1,1,'key 1','text 1',1772341200000000,1772341200000000,1772341200000000);
INSERT INTO "watches" VALUES(2,2,'key 2','text 2',1772427600000000,1772427600000000,1772427600000000);
CREATE TABLE web_sources (
	source TEXT NOT NULL, 
	url TEXT NOT NULL, 
	etag TEXT, 
	last_modified TEXT, 
	body_hash TEXT, 
	next_at BIGINT NOT NULL, 
	tried_at BIGINT, 
	fetched_at BIGINT, 
	new_at BIGINT, 
	gap_seconds INTEGER, 
	items BIGINT NOT NULL, 
	failures INTEGER NOT NULL, 
	trouble TEXT, 
	detail TEXT NOT NULL, 
	moved_to TEXT, 
	told JSON NOT NULL, date_order TEXT, elsewhere INTEGER DEFAULT '0' NOT NULL, left_out INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (source)
);
INSERT INTO "web_sources" VALUES('source 1','url 1','etag 1','last_modified 1','body_hash 1',1772341200000000,1772341200000000,1772341200000000,1772341200000000,1,1,1,'trouble 1','detail 1','moved_to 1','[]','date_order 1',1,1);
INSERT INTO "web_sources" VALUES('source 2','url 2','etag 2','last_modified 2','body_hash 2',1772427600000000,1772427600000000,1772427600000000,1772427600000000,2,2,2,'trouble 2','detail 2','moved_to 2','[]','date_order 2',2,2);
CREATE INDEX profiles_next_due_at ON profiles (next_due_at);
CREATE INDEX questions_asked_at ON questions (asked_at);
CREATE INDEX questions_chat ON questions (chat_id);
CREATE INDEX updates_waiting ON updates (update_id) WHERE payload IS NOT NULL;
CREATE INDEX articles_external_id ON articles (external_id);
CREATE INDEX articles_published_at ON articles (published_at);
CREATE INDEX articles_stored_at ON articles (stored_at);
CREATE INDEX articles_story_id ON articles (story_id);
CREATE INDEX articles_waiting ON articles (id) WHERE worked_at IS NULL;
CREATE INDEX issues_slot_at ON issues (slot_at);
CREATE INDEX subscribers_profile ON subscribers (profile_id, status);
CREATE INDEX issue_stories_story ON issue_stories (story_id);
CREATE INDEX articles_source ON articles (source, id);
CREATE INDEX watches_changed_at ON watches (changed_at);
CREATE INDEX watch_hits_story ON watch_hits (story_id);
CREATE INDEX watch_hits_article ON watch_hits (article_id);
CREATE INDEX watch_hits_alerted_at ON watch_hits (alerted_at);
CREATE INDEX watch_hits_open ON watch_hits (not_before) WHERE alerted_at IS NULL;
CREATE INDEX articles_worked_at ON articles (worked_at);
CREATE INDEX corrections_story ON corrections (story_id);
CREATE UNIQUE INDEX questions_message ON questions (chat_id, message_id);
CREATE INDEX articles_ready_at ON articles (ready_at);
CREATE INDEX articles_waiting_turns ON articles (source, id) WHERE worked_at IS NULL;
CREATE INDEX subscribers_held ON subscribers (held_until) WHERE held_until IS NOT NULL;
CREATE INDEX headline_changes_untold ON headline_changes (changed_at) WHERE told_at IS NULL;
CREATE INDEX subscribers_paused_until ON subscribers (paused_until) WHERE paused_until IS NOT NULL;
CREATE INDEX article_changes_order ON article_changes (transaction_id, id);
CREATE INDEX messages_correction ON messages (correction_id);
CREATE INDEX messages_after ON messages (after_id);
CREATE INDEX messages_made_at ON messages (made_at);
CREATE INDEX deliveries_open ON deliveries (tries, not_before, id) WHERE status = 'pending';
CREATE INDEX deliveries_status ON deliveries (status, changed_at);
CREATE INDEX deliveries_message ON deliveries (message_id, status);
CREATE INDEX delivery_counts_slot_at ON delivery_counts (slot_at);
CREATE TRIGGER deliveries_counted AFTER UPDATE OF status ON deliveries
    WHEN new.status IN ('sent', 'gone', 'unknown') AND old.status NOT IN ('sent', 'gone', 'unknown')
    BEGIN
        INSERT INTO delivery_counts
        (kind, edition, slot_at, sent, late, gone, refused, departed, unknown, repeated)
        SELECT m.kind, coalesce(i.edition, ''), coalesce(i.slot_at, m.made_at),
               new.status = 'sent',
               new.status = 'sent' AND new.changed_at - new.not_before > 900000000,
               new.status = 'gone',
               new.status = 'gone' AND coalesce(new.reason LIKE 'refused: %', 0),
               new.status = 'gone'
               AND coalesce(new.reason LIKE 'left: %' OR new.reason LIKE 'no rights: %', 0),
               new.status = 'unknown',
               new.status <> 'gone' AND new.tries > 1
        FROM messages m LEFT JOIN issues i ON i.id = m.issue_id WHERE m.id = new.message_id
        ON CONFLICT (kind, edition, slot_at) DO UPDATE SET
            sent = sent + excluded.sent, late = late + excluded.late, gone = gone + excluded.gone,
            refused = refused + excluded.refused, departed = departed + excluded.departed,
            unknown = unknown + excluded.unknown, repeated = repeated + excluded.repeated;
    END;
CREATE INDEX story_lists_made_at ON story_lists (made_at);
CREATE INDEX profiles_variant_of ON profiles (variant_of) WHERE variant_of IS NOT NULL;
CREATE INDEX subscribers_joined_at ON subscribers (joined_at) WHERE joined_at IS NOT NULL;
CREATE INDEX shown_stories_shown_at ON shown_stories (shown_at);
CREATE INDEX shown_stories_story ON shown_stories (story_id);
CREATE INDEX deeds_done_at ON deeds (done_at);
CREATE INDEX saved_stories_saved_at ON saved_stories (saved_at);
CREATE INDEX follows_article ON follows (article_id);
CREATE INDEX follows_due ON follows (due_at) WHERE due_at IS NOT NULL;
COMMIT;
