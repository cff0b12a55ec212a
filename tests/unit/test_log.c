/*
 * The log: each event and sample is one whole line, none lost, none twice, whatever becomes of
 * the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "face/log.h"
#include "face/log_file.h"
#include "face/log_line.h"
#include "face_fixture.h"

#define DEADLINE_US 20000000

static struct fixture fixture;
static char folder[] = "/tmp/webmon-log-XXXXXX";
static char path[64];

static int set_up(void **state)
{
	(void)state;
	memset(&fixture, 0, sizeof fixture);
	memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
	assert_non_null(mkdtemp(folder));
	text_format(path, sizeof path, "%s/webmon.log", folder);
	fixture_target(&fixture, "checkout-api", "https://shop.example/api");
	fixture_target(&fixture, "search", "https://search.example/");
	fixture_open(&fixture);
	fixture.config.program.log = path;
	fixture.config.program.log_level = LOG_LEVEL_WARNING;
	return 0;
}

static int tear_down(void **state)
{
	char name[80];

	(void)state;
	fixture_close(&fixture);
	unlink(path);
	for (int i = 0; i < 1000; i++) {
		text_format(name, sizeof name, "%s.%d", path, i);
		if (unlink(name) != 0)
			break;
	}
	return rmdir(folder);
}

static struct log *start(void)
{
	char why[200] = "";
	struct log *log = log_start(&fixture.config, fixture.store, why);

	if (log == NULL)
		fail_msg("%s", why);
	return log;
}

/* The file's text, new; "" where there is none. */
static char *contents(const char *name)
{
	FILE *file = fopen(name, "r");
	char *text = x_calloc(1, 1);
	size_t size = 0, got;
	char part[4096];

	while (file != NULL && (got = fread(part, 1, sizeof part, file)) > 0) {
		text = x_realloc(text, size + got + 1);
		memcpy(text + size, part, got);
		size += got;
		text[size] = '\0';
	}
	if (file != NULL)
		fclose(file);
	return text;
}

static unsigned count_of(const char *text, const char *word)
{
	unsigned count = 0;

	for (; (text = strstr(text, word)) != NULL; text += strlen(word))
		count++;
	return count;
}

static struct event an_event(enum event_kind kind, const char *detail)
{
	struct event event = {
		.at_ms = NOW_MS,
		.target = 0,
		.kind = kind,
		.cls = CLASS_HTTP_STATUS,
		.status = 503,
		.count = 1,
		.state = STATE_DOWN,
		.previous = STATE_UP,
		.total_us = 84412,
	};

	text_copy(event.detail, sizeof event.detail, detail);
	return event;
}

static void put_event(enum event_kind kind, const char *detail)
{
	struct event event = an_event(kind, detail);

	store_put_event(fixture.store, &event);
	store_wake(fixture.store);
}

static void push(size_t target, struct sample sample)
{
	store_push(fixture.store, target, &sample);
	store_wake(fixture.store);
}

/* ---- lines ---- */

static void each_event_has_its_words(void **state)
{
	static const struct {
		enum event_kind kind;
		enum probe_class cls;
		uint32_t target, count;
		const char *detail, *words;
	} table[] = {
		{EVENT_FAILED, CLASS_HTTP_STATUS, 0, 1, "503 Service Unavailable, wanted 200",
		 "ERROR checkout-api http_status 503 Service Unavailable, wanted 200 after 84 ms"},
		{EVENT_DOWN, CLASS_HTTP_STATUS, 0, 2, "503 Service Unavailable, wanted 200",
		 "ERROR checkout-api http_status 503 Service Unavailable, wanted 200 after 84 ms; "
		 "down, 2 checks failed"},
		{EVENT_FAILED, CLASS_TIMEOUT_FIRST_BYTE, 1, 1, "no first byte in 5 s",
		 "ERROR search timeout_first_byte no first byte in 5 s"},
		{EVENT_UP, CLASS_HTTP_STATUS, 0, 3,
		 "after 15 s, 3 checks failed: 500 Internal Server Error",
		 "WARNING checkout-api up again after 15 s, 3 checks failed: 500 Internal Server "
		 "Error"},
		{EVENT_SLOW, CLASS_OK, 0, 3, "1240 ms, limit 600 ms",
		 "WARNING checkout-api slow 1240 ms, limit 600 ms"},
		{EVENT_FAST, CLASS_OK, 0, 3, "after 4m 02s, 19 checks slow",
		 "WARNING checkout-api fast again after 4m 02s, 19 checks slow"},
		{EVENT_CERT, CLASS_OK, 0, 0, "expires in 12 days, 2026-12-04",
		 "WARNING checkout-api certificate expires in 12 days, 2026-12-04"},
		{EVENT_PAUSED, CLASS_OK, 0, 0, "by key", "WARNING checkout-api paused by key"},
		{EVENT_RESUMED, CLASS_OK, 0, 0, "after 4 s",
		 "WARNING checkout-api resumed after 4 s"},
		{EVENT_SELF, CLASS_LOCAL, UINT32_MAX, 0, "no descriptors left",
		 "WARNING webmon own trouble: no descriptors left"},
		{EVENT_CALM, CLASS_OK, 0, 0, "", "WARNING checkout-api calm again"},
	};
	char line[LOG_LINE_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct event event = an_event(table[i].kind, table[i].detail);
		size_t length;

		event.cls = table[i].cls;
		event.target = table[i].target;
		event.count = table[i].count;
		length = log_line(line, sizeof line, &fixture.config, &event, LOG_TEXT);
		assert_int_equal(length, strlen(line));
		assert_memory_equal(line, "2026-11-22T14:32:07.123Z ", 25);
		assert_string_equal(line + 25, table[i].words);
	}
}

static void event_as_json_has_its_fields(void **state)
{
	struct event event =
		an_event(EVENT_UP, "after 15 s, 3 checks failed: \"500\" Internal Server Error");
	char line[LOG_LINE_MAX];
	json_t *object;

	(void)state;
	event.length_ms = 15200;
	event.count = 3;
	log_line(line, sizeof line, &fixture.config, &event, LOG_JSON);
	assert_null(strchr(line, '\n'));
	object = json_loads(line, 0, NULL);
	assert_non_null(object);
	assert_string_equal(json_string_value(json_object_get(object, "time")),
			    "2026-11-22T14:32:07.123Z");
	assert_string_equal(json_string_value(json_object_get(object, "level")), "WARNING");
	assert_string_equal(json_string_value(json_object_get(object, "event")), "up");
	assert_string_equal(json_string_value(json_object_get(object, "target")), "checkout-api");
	assert_string_equal(json_string_value(json_object_get(object, "class")), "http_status");
	assert_int_equal(json_integer_value(json_object_get(object, "status")), 503);
	assert_int_equal(json_integer_value(json_object_get(object, "failed")), 3);
	assert_true(json_real_value(json_object_get(object, "length_s")) > 15.19);
	assert_string_equal(json_string_value(json_object_get(object, "detail")), event.detail);
	json_decref(object);

	event.target = UINT32_MAX;
	event.status = 0;
	event.length_ms = 0;
	event.total_us = ABSENT_US;
	log_line(line, sizeof line, &fixture.config, &event, LOG_JSON);
	object = json_loads(line, 0, NULL);
	assert_true(json_is_null(json_object_get(object, "target")));
	assert_true(json_is_null(json_object_get(object, "status")));
	assert_true(json_is_null(json_object_get(object, "length_s")));
	assert_true(json_is_null(json_object_get(object, "total_ms")));
	json_decref(object);
}

static void sample_line_has_the_phases_that_were_reached(void **state)
{
	struct sample sample = good_sample(NOW_MS);
	char line[LOG_LINE_MAX];

	(void)state;
	log_sample_line(line, sizeof line, &fixture.targets[0], &sample, LOG_TEXT);
	assert_string_equal(line, "2026-11-22T14:32:07.123Z INFO checkout-api ok 200 84.412 ms dns "
				  "2.100 connect 11.003 "
				  "tls 24.301 send 0.900 wait 45.100 transfer 1.008 bytes 91");
	sample = failed_sample(NOW_MS, CLASS_TIMEOUT_CONNECT, 0);
	log_sample_line(line, sizeof line, &fixture.targets[1], &sample, LOG_TEXT);
	assert_string_equal(line, "2026-11-22T14:32:07.123Z INFO search timeout_connect - 5000.123 "
				  "ms dns 1.500 bytes 0");
}

/* Whatever stands in a detail, it is one line of clean text, and JSON that can be read. */
static void hostile_details_cannot_break_a_line(void **state)
{
	static const char *const details[] = {
		"x\n2026-11-22T14:29:53.120Z ERROR bank down",
		"x\r\ny\rz",
		"\x1b]0;owned\a\x1b[2J",
		"\xe2\x80\xa8line separator\xe2\x80\xa9",
		"\xe2\x80\xae"
		"desrever",
		"broken \xff\xfe utf-8 \xed\xa0\x80",
		"\xc2\x85next line \x0b\x0c",
		"\"},{\"level\":\"ERROR\"",
		"%s%n%d",
	};

	(void)state;
	for (size_t i = 0; i < sizeof details / sizeof *details; i++) {
		struct event event = an_event(EVENT_FAILED, "");
		char line[LOG_LINE_MAX];
		json_t *object;

		memcpy(event.detail, details[i], strlen(details[i]) + 1);
		log_line(line, sizeof line, &fixture.config, &event, LOG_TEXT);
		assert_true(text_is_clean(line, TEXT_LINE));
		log_line(line, sizeof line, &fixture.config, &event, LOG_JSON);
		assert_true(text_is_clean(line, TEXT_LINE));
		object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(object);
		json_decref(object);
	}
}

/* ---- the thread ---- */

static void levels_filter(void **state)
{
	static const struct {
		enum log_level level;
		unsigned errors, warnings, infos;
	} table[] = {{LOG_LEVEL_ERROR, 2, 0, 0},
		     {LOG_LEVEL_WARNING, 2, 2, 0},
		     {LOG_LEVEL_INFO, 2, 2, 3}};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct log *log;
		char *text;

		unlink(path);
		fixture.config.program.log_level = table[i].level;
		push(0, good_sample(NOW_MS - 1000)); /* before the start: not ours to tell */
		log = start();
		push(0, good_sample(NOW_MS));
		push(1, good_sample(NOW_MS));
		push(1, failed_sample(NOW_MS + 5000, CLASS_REFUSED, 0));
		put_event(EVENT_FAILED, "one");
		put_event(EVENT_DOWN, "two");
		put_event(EVENT_UP, "after three");
		put_event(EVENT_SLOW, "four");
		log_stop(log);
		text = contents(path);
		assert_int_equal(count_of(text, "Z ERROR "), table[i].errors);
		assert_int_equal(count_of(text, "Z WARNING "), table[i].warnings);
		assert_int_equal(count_of(text, "Z INFO "), table[i].infos);
		assert_int_equal(count_of(text, "\n"),
				 table[i].errors + table[i].warnings + table[i].infos);
		if (table[i].infos > 0) {
			assert_int_equal(count_of(text, "INFO search refused - "), 1);
			assert_int_equal(count_of(text, " ok 200 84.412 ms "), 2);
		}
		free(text);
	}
}

static void events_of_before_the_start_are_not_told(void **state)
{
	struct log *log;
	char *text;

	(void)state;
	put_event(EVENT_DOWN, "old");
	log = start();
	put_event(EVENT_UP, "new");
	log_stop(log);
	text = contents(path);
	assert_int_equal(count_of(text, "\n"), 1);
	assert_non_null(strstr(text, "new"));
	free(text);
}

static void writes_without_being_stopped(void **state)
{
	struct log *log;
	int64_t deadline_us;
	char *text = NULL;

	(void)state;
	clock_thaw(); /* before there is a thread that asks for the time */
	log = start();
	deadline_us = clock_mono_us() + DEADLINE_US;
	put_event(EVENT_DOWN, "seen while it runs");
	do {
		free(text);
		text = contents(path);
		poll(NULL, 0, 1);
	} while (text[0] == '\0' && clock_mono_us() < deadline_us);
	assert_non_null(strstr(text, "seen while it runs"));
	free(text);
	log_stop(log);
}

/* Signals are the main thread's, also where they were not blocked when the log was started. */
static void signals_pass_the_thread_by(void **state)
{
	struct log *log = start();
	const struct timespec limit = {.tv_sec = 20};
	sigset_t mine, before;

	(void)state;
	sigemptyset(&mine);
	sigaddset(&mine, SIGHUP);
	assert_int_equal(pthread_sigmask(SIG_BLOCK, &mine, &before), 0);
	assert_int_equal(kill(getpid(), SIGHUP),
			 0); /* had the thread not blocked it, this were the end */
	assert_int_equal(sigtimedwait(&mine, NULL, &limit), SIGHUP);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	log_stop(log);
}

static void file_is_for_its_owner_alone(void **state)
{
	struct log *log = start();
	struct stat status;

	(void)state;
	log_stop(log);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
}

static void what_cannot_be_opened_is_told(void **state)
{
	char why[200], target[80];

	(void)state;
	fixture.config.program.log = "/nowhere/at/all.log";
	assert_null(log_start(&fixture.config, fixture.store, why));
	assert_string_equal(why,
			    "cannot open the log /nowhere/at/all.log: No such file or directory");
	fixture.config.program.log = path;
	text_format(target, sizeof target, "%s/other", folder);
	assert_int_equal(symlink(target, path), 0);
	assert_null(log_start(&fixture.config, fixture.store, why));
	assert_non_null(strstr(why, "symbolic link"));
	assert_int_equal(access(target, F_OK), -1);
}

/*
 * Writer beside the log's thread: as many events and samples as a busy fleet's, faster than any
 * fleet.
 */
struct writer {
	unsigned events, samples;
	bool     paced; /* goes on only once the file was rotated again, each PACE events */
};

#define PACE 600

/* Until the file's rotation of that number has been made; the deadline is for a test that fails. */
static void wait_for_rotation(unsigned number)
{
	char name[80];

	text_format(name, sizeof name, "%s.%u", path, number);
	for (int i = 0; i < 20000 && access(name, F_OK) != 0; i++)
		poll(NULL, 0, 1);
}

static void *write_store(void *arg)
{
	const struct writer *writer = arg;
	char words[40];

	for (unsigned i = 0; i < writer->events || i < writer->samples; i++) {
		if (i < writer->samples) {
			struct sample sample = good_sample(NOW_MS);

			sample.bytes = i;
			push(i % 2, sample);
		}
		if (i < writer->events) {
			text_format(words, sizeof words, "number %u of all", i);
			put_event(EVENT_DOWN, words);
		}
		if (writer->paced && i % PACE == PACE - 1)
			wait_for_rotation(i / PACE);
		if (i % 64 == 0)
			poll(NULL, 0, 1); /* lets the ring of 4096 events not overtake a busy
					     machine's reader */
	}
	return NULL;
}

/* Every line of the text is whole; counts those of each number. */
static void check_lines(char *text, unsigned char *seen, unsigned count)
{
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n")) != NULL && rest != NULL) {
		const char *word = strstr(line, " number ");
		unsigned number = 0;

		assert_memory_equal(line, "2026-11-22T14:32:07.123Z ", 25);
		if (word == NULL) {
			assert_non_null(strstr(line, " bytes "));
			continue;
		}
		assert_int_equal(sscanf(word, " number %u of all after 84 ms; down, 1 check failed",
					&number),
				 1);
		assert_non_null(strstr(line, "; down, 1 check failed"));
		assert_true(number < count);
		seen[number]++;
	}
	assert_true(line == NULL || *line == '\0'); /* the text ended with a newline */
}

static void rotation_loses_and_tears_no_line(void **state)
{
	struct writer writer = {.events = 3000, .samples = 3000, .paced = true};
	unsigned char *seen = x_calloc(writer.events, 1);
	pthread_t thread;
	struct log *log;
	unsigned lines = 0;
	int rotations = 0;
	char name[80];

	(void)state;
	fixture.config.program.log_level = LOG_LEVEL_INFO;
	log = start();
	assert_int_equal(pthread_create(&thread, NULL, write_store, &writer), 0);
	while (pthread_tryjoin_np(thread, NULL) == EBUSY) {
		text_format(name, sizeof name, "%s.%d", path, rotations);
		if (rotations < 900 && rename(path, name) == 0) {
			log_reopen(log);
			rotations++;
		}
		poll(NULL, 0, 1);
	}
	log_stop(log);
	for (int i = 0; i <= rotations; i++) {
		char *text;

		text_format(name, sizeof name, i < rotations ? "%s.%d" : "%s", path, i);
		text = contents(name);
		lines += count_of(text, "\n");
		check_lines(text, seen, writer.events);
		free(text);
	}
	assert_true(rotations > 3);
	assert_int_equal(lines, writer.events + writer.samples);
	for (unsigned i = 0; i < writer.events; i++)
		assert_int_equal(seen[i], 1);
	free(seen);
}

static void add_line(struct log_file *file, const char *words)
{
	log_file_add(file, text_copy(log_file_room(file), LOG_LINE_MAX - 1, words));
	assert_true(log_file_flush(file));
}

static void file_that_was_swapped_silently_is_found(void **state)
{
	char name[80], why[200];
	struct log_file *file = log_file_open(path, LOG_TEXT, why);
	char *text;

	(void)state;
	add_line(file, "first");
	text_format(name, sizeof name, "%s.0", path);
	assert_int_equal(rename(path, name), 0);
	clock_freeze(1000000000 + 2000000, NOW_MS);
	add_line(file, "no other file yet");
	assert_int_equal(access(path, F_OK), -1); /* logrotate is to make it */
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	clock_freeze(1000000000 + 4000000, NOW_MS);
	add_line(file, "second");
	log_file_close(file);
	text = contents(path);
	assert_string_equal(text, "second\n");
	free(text);
	text = contents(name);
	assert_string_equal(text, "first\nno other file yet\n");
	free(text);
}

static void truncated_copy_leaves_no_hole(void **state)
{
	struct log *log = start();
	struct stat status;
	char *text;

	(void)state;
	for (int i = 0; i < 100; i++)
		put_event(EVENT_DOWN, "before");
	assert_int_equal(truncate(path, 0), 0);
	put_event(EVENT_DOWN, "after");
	log_stop(log);
	text = contents(path);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(strlen(text), status.st_size); /* no NUL in it */
	assert_non_null(strstr(text, "after"));
	free(text);
}

static void overtaken_reader_says_how_many_it_missed(void **state)
{
	struct log *log;
	uint64_t told = 0, lines;
	char *text, *place;

	(void)state;
	log = start();
	/* no wake: the log's thread does not look while its ring is written round and round */
	for (unsigned i = 0; i < 20000; i++) {
		struct event event = an_event(EVENT_DOWN, "one of many");

		store_put_event(fixture.store, &event);
	}
	log_stop(log);
	text = contents(path);
	lines = count_of(text, "one of many");
	place = strstr(text, " events were overwritten before they could be written\n");
	assert_non_null(place);
	while (place > text && place[-1] != ' ')
		place--;
	told = strtoull(place, NULL, 10);
	assert_int_equal(told + lines, 20000);
	free(text);
}

static void overtaken_samples_are_told_too(void **state)
{
	size_t capacity;
	struct log *log;
	char *text;
	unsigned pushed;

	(void)state;
	fixture.config.program.log_level = LOG_LEVEL_INFO;
	capacity = store_ring_capacity(fixture.store, 1);
	log = start();
	pushed = (unsigned)capacity + 1000;
	for (unsigned i = 0; i < pushed; i++) {
		struct sample sample = good_sample(NOW_MS);

		store_push(fixture.store, 1, &sample);
	}
	log_stop(log);
	text = contents(path);
	assert_int_equal(count_of(text, " INFO search "), capacity);
	assert_non_null(strstr(
		text,
		"WARNING search log: 1000 checks were overwritten before they could be written\n"));
	free(text);
}

/* ---- the file ---- */

static void await_trouble(const struct log *log, const char *wanted)
{
	int64_t deadline_us = clock_mono_us() + DEADLINE_US;
	char trouble[200];

	do {
		log_trouble(log, trouble);
		poll(NULL, 0, 1);
	} while (strcmp(trouble, wanted) != 0 && clock_mono_us() < deadline_us);
	assert_string_equal(trouble, wanted);
}

static void full_disk_is_told_on_the_screen_and_stops_nothing(void **state)
{
	struct log *log;

	(void)state;
	fixture.config.program.log = "/dev/full";
	clock_thaw();
	log = start();
	await_trouble(log, "");
	for (int i = 0; i < 12; i++)
		put_event(EVENT_DOWN, "lost");
	await_trouble(log, "log: disk full, 12 lines lost");
	log_stop(log);
}

static void what_is_lost_is_known_to_the_next_log_of_the_file(void **state)
{
	char why[200];
	struct log *log;

	(void)state;
	fixture.config.program.log = "/dev/full";
	clock_thaw();
	log = start();
	for (int i = 0; i < 12; i++)
		put_event(EVENT_DOWN, "lost");
	await_trouble(log, "log: disk full, 12 lines lost");
	log = log_go_on(&fixture.config, fixture.store, log_leave(log), why);
	assert_non_null(log);
	put_event(EVENT_DOWN, "lost");
	await_trouble(log, "log: disk full, 13 lines lost");
	/* another file owes nothing */
	fixture.config.program.log = path;
	log = log_go_on(&fixture.config, fixture.store, log_leave(log), why);
	assert_non_null(log);
	await_trouble(log, "");
	log_stop(log);
}

/* Its rest would stand in the next file as a line that nobody can read. */
static void a_torn_line_stays_in_its_file(void **state)
{
	char why[200], name[80];
	struct log_file *file;
	char *text;
	int reader;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(reader >= 0 && fcntl(reader, F_SETPIPE_SZ, 4096) >= 4096);
	file = log_file_open(path, LOG_TEXT, why);
	assert_non_null(file);
	do /* 19 bytes a line: none ends with the pipe's room */
		for (int i = 0; i < 300; i++)
			log_file_add(file, text_copy(log_file_room(file), 200, "this line is whole"));
	while (log_file_flush(file));
	text_format(name, sizeof name, "%s.0", path);
	assert_int_equal(rename(path, name), 0);
	assert_true(log_file_reopen(file));
	add_line(file, "the first of the next file");
	log_file_close(file);
	close(reader);
	text = contents(path);
	assert_non_null(strstr(text, " lines lost, they could not be written\nthe first of the next file\n"));
	assert_int_equal(strncmp(text, "20", 2), 0); /* the notice's time stamp */
	assert_int_equal(count_of(text, "\n"), 2);
	free(text);
}

/* A pipe of small capacity is a disk that is full now and has room again when it was read. */
static void torn_line_is_ended_first_and_the_loss_is_told(void **state)
{
	struct log_file *file;
	char why[200], trouble[200];
	unsigned written = 0, whole = 0, lost = 0;
	char *text = x_calloc(1, 1), *line, *rest;
	size_t size = 0;
	char part[4096];
	int reader;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(reader >= 0);
	assert_true(fcntl(reader, F_SETPIPE_SZ, 4096) >= 4096);
	file = log_file_open(path, LOG_TEXT, why);
	assert_non_null(file);
	for (int round = 0; round < 40; round++) {
		ssize_t got;

		for (int i = 0; i < 97; i++)
			log_file_add(file, text_format(log_file_room(file), 200,
						       "line %06u is whole", written++));
		log_file_flush(file);
		log_file_trouble(file, trouble);
		/* reads now and then, and never what a line's border would suggest */
		if (round % 3 == 0)
			continue;
		got = read(reader, part, round % 2 ? 1001 : 4096);
		if (got <= 0)
			continue;
		text = x_realloc(text, size + (size_t)got + 1);
		memcpy(text + size, part, (size_t)got);
		size += (size_t)got;
	}
	for (int round = 0; round < 100; round++) {
		ssize_t got = read(reader, part, sizeof part);

		if (got > 0) {
			text = x_realloc(text, size + (size_t)got + 1);
			memcpy(text + size, part, (size_t)got);
			size += (size_t)got;
		}
		if (log_file_flush(file) && got <= 0)
			break;
	}
	text[size] = '\0';
	log_file_trouble(file, trouble);
	assert_string_equal(trouble, "");
	log_file_close(file);
	close(reader);

	for (rest = text; (line = strsep(&rest, "\n")) != NULL && rest != NULL;) {
		const char *notice = strstr(line, " WARNING webmon log: ");
		unsigned number;

		if (notice != NULL) {
			assert_int_equal(
				sscanf(notice, " WARNING webmon log: %u lines lost", &number), 1);
			lost += number;
			continue;
		}
		assert_int_equal(strlen(line), strlen("line 000000 is whole"));
		assert_int_equal(sscanf(line, "line %06u is whole", &number), 1);
		whole++;
	}
	assert_true(lost > 0);
	assert_int_equal(whole + lost, written);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_event_has_its_words, set_up, tear_down),
		cmocka_unit_test_setup_teardown(event_as_json_has_its_fields, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sample_line_has_the_phases_that_were_reached,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(hostile_details_cannot_break_a_line, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(levels_filter, set_up, tear_down),
		cmocka_unit_test_setup_teardown(events_of_before_the_start_are_not_told, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(writes_without_being_stopped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(signals_pass_the_thread_by, set_up, tear_down),
		cmocka_unit_test_setup_teardown(file_is_for_its_owner_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_cannot_be_opened_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rotation_loses_and_tears_no_line, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(file_that_was_swapped_silently_is_found, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(truncated_copy_leaves_no_hole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(overtaken_reader_says_how_many_it_missed, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(overtaken_samples_are_told_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_lost_is_known_to_the_next_log_of_the_file, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_torn_line_stays_in_its_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(full_disk_is_told_on_the_screen_and_stops_nothing,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(torn_line_is_ended_first_and_the_loss_is_told,
						set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
