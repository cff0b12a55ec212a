/* A store in a file: gone on with, carried over, refused, cut, damaged, killed. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "store/block.h"
#include "store/guard.h"
#include "store/store.h"

#define T0	INT64_C(1795305600000) /* a full minute */
#define STEP_MS 100		       /* between two samples */
#define TARGETS 4

#define TARGET(n)                                                                                  \
	{                                                                                          \
		.name = n, .group = "shop", .url_shown = "https://" n ".example.com/",             \
		.host = n ".example.com", .method = "GET", .expect_status_text = "200-299",        \
		.load = "on", .interval_ms = 1000, .timeout_ms = 10000, .slow_us = 400000,         \
		.down_after = {2, 0}, .up_after = 1                                                \
	}

static struct target targets[TARGETS] = {TARGET("a"), TARGET("b"), TARGET("c"), TARGET("d")};
static const struct config config = {
	.program = {.keep_ms = 600000}, .targets = targets, .target_count = TARGETS};
static struct target others[3] = {TARGET("d"), TARGET("new"), TARGET("b")};
static const struct config other_config = {
	.program = {.keep_ms = 1200000}, .targets = others, .target_count = 3};

/* What becomes of the renaming that puts a file in its place. */
static enum { RENAMES, RENAME_FAILS, RENAME_KILLS } renaming;

int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags)
{
	if (renaming == RENAME_KILLS)
		_exit(9);
	if (renaming == RENAMES)
		return (int)syscall(SYS_renameat2, from_at, from, to_at, to, flags);
	errno = EIO;
	return -1;
}

static int link_error; /* 0: links are what they are */

int link(const char *from, const char *to)
{
	if (link_error == 0)
		return (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
	errno = link_error;
	return -1;
}

static int yields; /* of who waits for a writer */

int sched_yield(void)
{
	yields++;
	return (int)syscall(SYS_sched_yield);
}

static long pretended_page; /* 0: pages are as large as they are */

/* ThreadSanitizer asks it before it is ready itself for a function that it watches. */
__attribute__((no_sanitize_thread)) long sysconf(int name)
{
	long (*real)(int);
	void *found = dlsym(RTLD_NEXT, "sysconf");

	memcpy(&real, &found, sizeof real);
	return name == _SC_PAGESIZE && pretended_page ? pretended_page : real(name);
}

static int lock_error; /* 0: locks are what they are */

int fcntl(int descriptor, int command, ...)
{
	va_list rest;
	void *argument;

	va_start(rest, command);
	argument = va_arg(rest, void *);
	va_end(rest);
	if (command != F_OFD_SETLK || lock_error == 0)
		return (int)syscall(SYS_fcntl, descriptor, command, argument);
	errno = lock_error;
	return -1;
}

static char folder[] = "/tmp/webmon-history-XXXXXX", path[64];

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/history", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static int remove_file(void **state)
{
	(void)state;
	renaming = RENAMES;
	lock_error = link_error = 0;
	pretended_page = 0;
	return unlink(path);
}

static struct store *keep(const struct config *wanted)
{
	char why[STORE_WHY_MAX];
	struct store *store = store_keep(wanted, path, why);

	assert_string_equal(why, "");
	assert_non_null(store);
	return store;
}

static struct store *renew(struct store *before, struct store *prepared,
			   const struct config *wanted, const char *at, char *why)
{
	const struct store_wish wish = {wanted, at};

	return store_renew(before, prepared, &wish, why);
}

/* What sample number n of a target says: known to writer and reader alike. */
static struct sample made(size_t target, uint64_t number)
{
	struct sample sample = sample_blank(T0 + (int64_t)number * STEP_MS);

	sample.total_us = (int32_t)((number * 2654435761u + target * 977) % 60000);
	sample.phase_us[PHASE_WAIT] = sample.total_us / 2;
	sample.status = 200;
	sample.bytes = (uint32_t)(number % 1000);
	return sample;
}

static void push(struct store *store, size_t target, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		struct sample sample = made(target, store_head(store, target));
		store_push(store, target, &sample);
	}
}

/* All that the ring should have, and nothing else. salt: the target whose values they are. */
static void assert_samples(const struct store *store, size_t target, size_t salt)
{
	size_t capacity = store_ring_capacity(store, target);
	struct sample *samples = calloc(capacity + 1, sizeof *samples);
	uint64_t head = store_head(store, target), first;
	size_t count = store_samples(store, target, 0, samples, capacity, &first);

	assert_true(count == (head < capacity ? head : capacity));
	for (size_t i = 0; i < count; i++) {
		struct sample wanted = made(salt, first + i);
		assert_memory_equal(&samples[i], &wanted, sizeof wanted);
	}
	free(samples);
}

static void write_everything(struct store *store)
{
	struct evidence evidence = {.seen = true, .number = 7, .used = 6, .text = "words"};
	struct judge judge;
	struct verdict verdict;

	for (size_t i = 0; i < store_target_count(store); i++) {
		struct cert_facts cert = {.seen = true, .chain_length = (int)i + 1};
		struct incident incident = {
			.target = (uint32_t)i, .kind = INCIDENT_DOWN, .opened_ms = T0, .count = 3};
		struct event event = {.target = (uint32_t)i, .kind = EVENT_DOWN, .at_ms = T0};
		push(store, i, 700 + i);
		memset(&verdict, 0, sizeof verdict);
		judge_init(&judge, &verdict);
		judge.failed_in_row = (uint32_t)i + 10;
		verdict.state = STATE_DOWN;
		verdict.since_ms = T0 + (int64_t)i;
		incident.id = store_put_incident(store, &incident);
		judge.troubles[INCIDENT_DOWN].open = true;
		judge.troubles[INCIDENT_DOWN].id = incident.id;
		store_put_event(store, &event);
		store_put_verdict(store, i, &verdict);
		store_put_cert(store, i, &cert);
		store_put_judge(store, i, &judge);
		store_put_evidence(store, i, EVIDENCE_BAD, &evidence);
		store_put_pulse(store, i, 1, 1);
	}
}

/* was: the index under which it was written. */
static void assert_everything(const struct store *store, size_t target, size_t was)
{
	static struct evidence evidence;
	struct verdict verdict;
	struct cert_facts cert;
	struct judge judge;
	uint64_t good, failed;

	assert_true(store_head(store, target) == 700 + was);
	assert_samples(store, target, was);
	store_tally(store, target, T0, &good, &failed);
	assert_true(good == 700 + was && failed == 0);
	assert_true(store_verdict(store, target, &verdict));
	assert_true(verdict.since_ms == T0 + (int64_t)was);
	assert_true(store_cert(store, target, &cert));
	assert_int_equal(cert.chain_length, was + 1);
	assert_true(store_judge(store, target, &judge));
	assert_int_equal(judge.failed_in_row, was + 10);
	assert_true(store_evidence(store, target, EVIDENCE_BAD, &evidence));
	assert_string_equal(evidence.text, "words");
}

static void a_file_is_gone_on_with(void **state)
{
	struct store *store = keep(&config);
	struct incident incidents[8];
	struct event events[8];
	struct stat status;
	int64_t due, since;

	(void)state;
	write_everything(store);
	store_close(store);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_true((uint64_t)status.st_size == store_plan(&config).total_bytes);
	assert_true((uint64_t)status.st_blocks * 512 >= store_plan(&config).total_bytes);
	store = keep(&config);
	for (size_t i = 0; i < TARGETS; i++)
		assert_everything(store, i, i);
	assert_int_equal(store_incidents(store, 0, incidents, 8), TARGETS);
	for (size_t i = 0; i < TARGETS; i++)
		assert_true(incidents[i].closed_ms == 0);
	assert_int_equal(store_events(store, 0, events, 8, NULL), TARGETS);
	store_pulse(store, 0, &due, &since);
	assert_true(due == 0 && since == 0);
	push(store, 0, 10);
	assert_samples(store, 0, 0);
	store_close(store);
}

static void series_follow_their_names_to_another_geometry(void **state)
{
	struct store *store = keep(&config);
	struct store_condition condition;
	struct incident incidents[8];
	char why[STORE_WHY_MAX];

	(void)state;
	write_everything(store);
	store_close(store);
	struct store *viewer = store_view(path, why);
	assert_non_null(viewer);
	store = keep(&other_config);
	assert_int_equal(store_ring_capacity(store, 0), 1200);
	assert_true(store_head(store, 0) == 703);
	assert_true(store_head(store, 1) == 0);
	assert_true(store_head(store, 2) == 701);
	assert_int_equal(store_incidents(store, 0, incidents, 8), 2);
	assert_int_equal(incidents[0].target, 2); /* b */
	assert_int_equal(incidents[1].target, 0); /* d */
	store_condition(viewer, &condition);
	assert_true(condition.is_superseded);
	assert_everything(viewer, 1, 1);
	store_close(viewer);
	store_close(store);
}

static void what_comes_while_a_file_is_prepared_is_not_lost(void **state)
{
	static struct evidence evidence = {.seen = true, .number = 99};
	struct store *store = keep(&config), *prepared, *next;
	char why[STORE_WHY_MAX];
	uint64_t good, failed;

	(void)state;
	write_everything(store);
	assert_null(store_prepare(store, &config));
	prepared = store_prepare(store, &other_config);
	assert_non_null(prepared);
	push(store, 1, 5000);
	push(store, 3, 1);
	store_put_evidence(store, 3, EVIDENCE_GOOD, &evidence);
	next = renew(store, prepared, &other_config, path, why);
	assert_string_equal(why, "");
	assert_ptr_equal(next, prepared);
	store_close(store);
	assert_true(store_head(next, 2) == 5701 && store_head(next, 0) == 704);
	store_tally(next, 2, T0, &good, &failed);
	assert_true(good == 5701 && failed == 0);
	evidence.number = 0;
	assert_true(store_evidence(next, 0, EVIDENCE_GOOD, &evidence) && evidence.number == 99);
	store_close(next);
	/* one that is not wanted after all leaves nothing behind */
	store = keep(&other_config);
	prepared = store_prepare(store, &config);
	store_close(prepared);
	store_close(store);
}

static void a_store_in_memory_is_renewed_too(void **state)
{
	struct store *store = store_open(&config), *next;
	char why[STORE_WHY_MAX];

	(void)state;
	store_remember(store);
	write_everything(store);
	assert_ptr_equal(renew(store, NULL, &config, NULL, why), store);
	next = renew(store, NULL, &other_config, NULL, why);
	store_close(store);
	struct verdict verdict;
	struct judge judge;
	assert_true(store_head(next, 0) == 703);
	assert_true(store_verdict(next, 2, &verdict) && verdict.since_ms == T0 + 1);
	assert_true(store_judge(next, 2, &judge) && judge.failed_in_row == 11);
	assert_false(store_judge(next, 1, &judge));
	store_close(next);
}

static void a_viewer_is_told_who_writes_and_when_that_ended(void **state)
{
	struct store *store = keep(&config), *viewer;
	struct store_condition condition;
	char why[STORE_WHY_MAX];
	int64_t due, since;

	(void)state;
	write_everything(store);
	viewer = store_view(path, why);
	assert_non_null(viewer);
	store_condition(viewer, &condition);
	assert_true(condition.is_alive && !condition.is_superseded);
	assert_true(condition.pid == getpid() && condition.ended_ms == 0);
	store_pulse(viewer, 0, &due, &since);
	assert_true(due == 1 && since == 1);
	store_close(store);
	store_condition(viewer, &condition);
	assert_true(!condition.is_alive && condition.ended_ms > 0);
	store_pulse(viewer, 0, &due, &since);
	assert_true(due == 0 && since == 0);
	assert_everything(viewer, 3, 3);
	store_close(viewer);
}

static void a_viewer_knows_the_targets_without_a_configuration(void **state)
{
	static const char *const tags[] = {"x", "", "yz"};
	struct store *store, *viewer;
	char why[STORE_WHY_MAX];

	(void)state;
	targets[1].tags = (struct text_list){tags, 3};
	targets[1].slo = "99.9% / 30d";
	store = keep(&config);
	viewer = store_view(path, why);
	struct target *seen = store_targets(viewer);
	for (size_t i = 0; i < TARGETS; i++) {
		assert_string_equal(seen[i].name, targets[i].name);
		assert_string_equal(seen[i].group, "shop");
		assert_string_equal(seen[i].url_shown, targets[i].url_shown);
		assert_string_equal(seen[i].method, "GET");
		assert_true(seen[i].interval_ms == 1000 && seen[i].slow_us == 400000);
		assert_int_equal(seen[i].down_after.count, 2);
	}
	assert_int_equal(seen[1].tags.count, 3);
	assert_string_equal(seen[1].tags.items[2], "yz");
	assert_string_equal(seen[1].slo, "99.9% / 30d");
	assert_null(seen[0].slo);
	assert_true(store_find(viewer, store_key(store, 2)) == 2);
	assert_true(store_find(viewer, 12345) == SIZE_MAX);
	free(seen);
	store_close(viewer);
	store_close(store);
	targets[1].tags.count = 0;
	targets[1].slo = NULL;
}

static void a_choice_of_targets_is_all_that_a_viewer_has(void **state)
{
	const struct verdict waits = {.parent = 1, .since_ms = T0}, alone = {.parent = 0, .since_ms = T0};
	const struct incident ours = {.target = UINT32_MAX, .kind = INCIDENT_SELF, .opened_ms = T0};
	const size_t choice[] = {3, 1};
	struct store *store = keep(&config);
	struct incident incidents[8];
	struct event events[8];
	char why[STORE_WHY_MAX];
	uint64_t lost = 9;

	(void)state;
	write_everything(store);
	store_put_incident(store, &ours);
	struct store *viewer = store_view(path, why);
	store_choose(viewer, choice, 2);
	assert_int_equal(store_target_count(viewer), 2);
	for (size_t i = 0; i < 2; i++)
		assert_everything(viewer, i, choice[i]);
	struct target *seen = store_targets(viewer);
	assert_string_equal(seen[0].name, "d");
	assert_string_equal(seen[1].name, "b");
	free(seen);
	assert_true(store_key(viewer, 0) == store_key(store, 3));
	assert_true(store_find(viewer, store_key(store, 1)) == 1);
	assert_true(store_find(viewer, store_key(store, 0)) == SIZE_MAX);

	assert_int_equal(store_incidents(viewer, 0, incidents, 8), 3);
	assert_int_equal(incidents[0].target, 1); /* b came first */
	assert_int_equal(incidents[1].target, 0);
	assert_true(incidents[2].target == UINT32_MAX);
	assert_int_equal(store_events(viewer, 0, events, 1, &lost), 1);
	assert_true(events[0].target == 1 && events[0].number == 1 && lost == 0);
	assert_int_equal(store_events(viewer, 2, events, 8, &lost), 1);
	assert_true(events[0].target == 0 && events[0].number == 3 && lost == 0);

	struct verdict verdict;
	store_put_verdict(store, 3, &waits);
	assert_true(store_verdict(viewer, 0, &verdict) && verdict.parent == 1);
	store_put_verdict(store, 3, &alone);
	assert_true(store_verdict(viewer, 0, &verdict) && verdict.parent == UINT32_MAX);

	/* checks of the others are none of its own */
	struct fleet fleet = {.started_ms = T0, .probes = 9000, .in_flight = 40, .late = 5};
	store_put_fleet(store, 0, &fleet);
	store_put_pulse(store, 1, 1, 0);
	store_fleet(viewer, &fleet);
	assert_true(fleet.probes == 703 + 701 && fleet.in_flight == 1);
	assert_true(fleet.started_ms == T0 && fleet.late == 5);
	store_close(viewer);
	store_close(store);
}

/* ---- what must not be touched ---- */

static void assert_refused(const char *words)
{
	char why[STORE_WHY_MAX];
	struct stat before, after;

	assert_int_equal(lstat(path, &before), 0);
	assert_null(store_keep(&config, path, why));
	if (!strstr(why, words))
		fail_msg("'%s' does not say '%s'", why, words);
	assert_non_null(strstr(why, path));
	assert_int_equal(lstat(path, &after), 0);
	assert_true(before.st_ino == after.st_ino && before.st_size == after.st_size &&
		    before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
}

static void a_second_writer_is_refused_by_the_firsts_number(void **state)
{
	struct store *store = keep(&config);
	char wanted[64];

	(void)state;
	snprintf(wanted, sizeof wanted, "written by process %d;", (int)getpid());
	assert_refused(wanted);
	store_close(store);
	store_close(keep(&config));
}

/* As on a network's disk whose server gives none. */
static void a_lock_that_cannot_be_had_is_told_as_that(void **state)
{
	(void)state;
	store_close(keep(&config));
	lock_error = ENOLCK;
	assert_refused("cannot be locked: No locks available");
	lock_error = EACCES;
	assert_refused("is being written by process");
	lock_error = 0;
	store_close(keep(&config));
}

static void put(off_t at, const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY);

	assert_int_equal(pwrite(fd, bytes, size, at), size);
	close(fd);
}

static void foreign_files_are_refused_in_words(void **state)
{
	struct store *store = keep(&config);
	uint64_t magic = BLOCK_MAGIC, swapped = __builtin_bswap64(BLOCK_MAGIC);
	uint32_t version = BLOCK_VERSION, next = BLOCK_VERSION + 1;
	off_t size = (off_t)store_plan(&config).total_bytes;

	(void)state;
	write_everything(store);
	store_close(store);
	put(0, &swapped, sizeof swapped);
	assert_refused("byte order");
	put(0, "#!/bin/s", 8);
	assert_refused("no history");
	put(0, &magic, sizeof magic);
	put(offsetof(struct block, version), &next, sizeof next);
	assert_refused("format 2; this webmon reads format 1");
	put(offsetof(struct block, version), &version, sizeof version);
	put(offsetof(struct block, targets), "\x05", 1);
	assert_refused("checksum");
	put(offsetof(struct block, targets), "\x04", 1);
	assert_int_equal(truncate(path, size - 1), 0);
	assert_refused("is cut:");
	assert_int_equal(truncate(path, size), 0);
	store = keep(&config);
	assert_everything(store, 2, 2);
	store_close(store);
	assert_int_equal(truncate(path, 0), 0);
	assert_refused("is empty");
}

/* The rows keep their places, but what is in them is another build's. */
static void make_foreign(void)
{
	struct block header;
	FILE *file = fopen(path, "r+");

	assert_int_equal(fread(&header, sizeof header, 1, file), 1);
	header.layout ^= 1;
	header.check = block_header_check(&header);
	rewind(file);
	assert_int_equal(fwrite(&header, sizeof header, 1, file), 1);
	fclose(file);
}

static void of_another_build_the_series_are_taken_over(void **state)
{
	char why[STORE_WHY_MAX], old[80];
	struct store *store = keep(&config);
	struct incident incidents[8];
	struct verdict verdict;
	uint64_t good, failed;
	struct stat before, after;

	(void)state;
	write_everything(store);
	store_close(store);
	make_foreign();
	assert_int_equal(stat(path, &before), 0);
	assert_null(store_view(path, why));
	assert_non_null(strstr(why, "another build"));
	store = store_keep(&config, path, why);
	assert_non_null(store);
	assert_non_null(strstr(why, "were taken over"));
	for (size_t t = 0; t < TARGETS; t++) {
		assert_samples(store, t, t);
		store_tally(store, t, T0, &good, &failed);
		assert_true(good == 700 + t && failed == 0);
		assert_false(store_verdict(store, t, &verdict));
	}
	assert_int_equal(store_incidents(store, 0, incidents, 8), 0);
	push(store, 0, 10);
	store_close(store);
	snprintf(old, sizeof old, "%s.old", path);
	assert_int_equal(stat(old, &after), 0);
	assert_true(before.st_ino == after.st_ino && before.st_size == after.st_size);
	assert_int_equal(unlink(old), 0);
	store_close(keep(&config));
}

static void a_move_that_fails_leaves_the_old_file_alone(void **state)
{
	char why[STORE_WHY_MAX], old[80], made_name[128];

	(void)state;
	store_close(keep(&config));
	make_foreign();
	renaming = RENAME_FAILS;
	assert_null(store_keep(&config, path, why));
	renaming = RENAMES;
	assert_non_null(strstr(why, "Input/output error"));
	snprintf(old, sizeof old, "%s.old", path);
	assert_int_equal(access(old, F_OK), -1);
	snprintf(made_name, sizeof made_name, "%s.new.%d", path, (int)getpid());
	assert_int_equal(access(made_name, F_OK), -1);
}

/* Then the old file has two names, and none is in its place yet. */
static void a_move_that_was_killed_is_done_again(void **state)
{
	char why[STORE_WHY_MAX], old[80], left[128];
	struct store *store = keep(&config);
	struct stat status;
	int ended;

	(void)state;
	write_everything(store);
	store_close(store);
	make_foreign();
	pid_t child = fork();
	if (child == 0) {
		renaming = RENAME_KILLS;
		(void)store_keep(&config, path, why);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &ended, 0), child);
	assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == 9);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_nlink, 2);
	store = store_keep(&config, path, why);
	assert_non_null(store);
	assert_non_null(strstr(why, "were taken over"));
	assert_samples(store, 3, 3);
	store_close(store);
	store_close(keep(&config));
	snprintf(old, sizeof old, "%s.old", path);
	assert_int_equal(unlink(old), 0);
	snprintf(left, sizeof left, "%s.new.%d", path, (int)child);
	assert_int_equal(access(left, F_OK), -1);
}

/* Its check fits, but a row that must be looked at lies beyond the end of the file. */
static void a_header_whose_rows_lie_elsewhere_is_damage(void **state)
{
	static const enum block_row moved[] = {ROW_DIRECTORY, ROW_CARDS, ROW_TEXTS, ROW_BAD_FAR};
	struct block header;
	char why[STORE_WHY_MAX];

	(void)state;
	store_close(keep(&config));
	for (size_t i = 0; i < sizeof moved / sizeof moved[0]; i++) {
		FILE *file = fopen(path, "r+");
		assert_int_equal(fread(&header, sizeof header, 1, file), 1);
		const struct block before = header;

		header.total_bytes += 1 << 30;
		header.rows[moved[i]].offset = moved[i] == ROW_BAD_FAR ? header.rows[ROW_FOLDS].offset
								       : before.total_bytes + (1 << 29);
		header.check = block_header_check(&header);
		rewind(file);
		assert_int_equal(fwrite(&header, sizeof header, 1, file), 1);
		fflush(file);
		assert_null(store_view(path, why));
		assert_non_null(strstr(why, "is damaged"));
		rewind(file);
		assert_int_equal(fwrite(&before, sizeof before, 1, file), 1);
		fclose(file);
	}
	store_close(keep(&config));
}

static void what_is_no_plain_file_of_ours_is_refused(void **state)
{
	char name[80];

	(void)state;
	store_close(keep(&config));
	snprintf(name, sizeof name, "%s/other", folder);
	assert_int_equal(link(path, name), 0);
	assert_refused("more than one name");
	/* nor where its old name is another file's, or a third one beside it */
	char old[80];
	snprintf(old, sizeof old, "%s.old", path);
	fclose(fopen(old, "w"));
	assert_refused("more than one name");
	assert_int_equal(unlink(old), 0);
	assert_int_equal(link(path, old), 0);
	assert_refused("more than one name");
	assert_int_equal(unlink(old), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink(name, path), 0);
	assert_refused("symbolic link");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rename(name, path), 0);
}

static void of_a_cut_file_the_rest_is_shown(void **state)
{
	struct store *store = keep(&config), *viewer;
	const struct block *block;
	char why[STORE_WHY_MAX];
	size_t bytes;

	(void)state;
	write_everything(store);
	block = store_block(store, &bytes);
	off_t rings = (off_t)block->rows[ROW_RINGS].offset;
	off_t life = (off_t)block->rows[ROW_LIFE].offset;
	store_close(store);
	assert_int_equal(truncate(path, rings + 20000), 0);
	viewer = store_view(path, why);
	assert_non_null(viewer);
	assert_non_null(strstr(why, "is cut"));
	struct verdict verdict;
	struct sample samples[700];
	assert_true(store_verdict(viewer, 3, &verdict));
	size_t count = store_samples(viewer, 0, 0, samples, 700, NULL);
	assert_true(count < 700);
	store_close(viewer);
	assert_int_equal(truncate(path, life), 0);
	assert_null(store_view(path, why));
	assert_non_null(strstr(why, "is cut"));
}

/* Bits are flipped all over the file: nothing is shown that was not written, and nothing crashes.
 */
static void damage_is_left_out(void **state)
{
	struct store *store = keep(&config), *viewer;
	uint64_t size = store_plan(&config).total_bytes, random = 88172645463325252u;
	struct sample *samples = calloc(20000, sizeof *samples);
	static struct evidence evidence;
	struct incident incidents[8];
	struct bin bins[60];
	char why[STORE_WHY_MAX];
	int shown = 0, refused = 0;

	(void)state;
	write_everything(store);
	store_close(store);
	for (int i = 0; i < 300; i++) {
		unsigned char byte;
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		/* a third of them where the header and the small rows are */
		off_t at = (off_t)(random % (i % 3 ? size : 40000));
		int fd = open(path, O_RDWR);
		assert_int_equal(pread(fd, &byte, 1, at), 1);
		byte ^= (unsigned char)(1u << (random >> 40 & 7));
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		viewer = store_view(path, why);
		shown += viewer != NULL;
		refused += viewer == NULL;
		for (size_t t = 0; viewer && t < TARGETS; t++) {
			uint64_t first = 0;
			size_t count = store_samples(viewer, t, 0, samples, 20000, &first);
			for (size_t k = 0; k < count; k++) {
				uint64_t number = (uint64_t)(samples[k].at_ms - T0) / STEP_MS;
				struct sample wanted = made(t, number);
				assert_memory_equal(&samples[k], &wanted, sizeof wanted);
			}
			store_bins(viewer, t, bins, 60, T0 + 70000, 60000);
			if (store_evidence(viewer, t, EVIDENCE_BAD, &evidence))
				assert_string_equal(evidence.text, "words");
		}
		if (viewer)
			store_incidents(viewer, 0, incidents, 8);
		store_close(viewer);
		/* one at a time in the header, which would else be refused for ever */
		byte ^= (unsigned char)(1u << (random >> 40 & 7));
		if (at < 40000)
			assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		close(fd);
	}
	printf("# figure: of 300 flipped bits %d files were refused and %d shown without it\n",
	       refused, shown);
	free(samples);
}

/* ---- disks that are full or go away ---- */

/* As on a disk that has no room for another file. */
static struct store *keep_without_room(const struct config *wanted, char *why)
{
	struct rlimit limit, tight = {.rlim_cur = 100000};
	struct store *store;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	tight.rlim_max = limit.rlim_max;
	setrlimit(RLIMIT_FSIZE, &tight);
	store = store_keep(wanted, path, why);
	setrlimit(RLIMIT_FSIZE, &limit);
	assert_non_null(store);
	assert_non_null(strstr(why, "kept in memory alone"));
	return store;
}

static void a_full_disk_is_told_and_memory_goes_on(void **state)
{
	char why[STORE_WHY_MAX], name[128];
	struct store *store = keep_without_room(&config, why);

	(void)state;
	push(store, 0, 100);
	assert_samples(store, 0, 0);
	store_close(store);
	assert_int_equal(access(path, F_OK), -1);
	snprintf(name, sizeof name, "%s.new.%d", path, (int)getpid());
	assert_int_equal(access(name, F_OK), -1);
	/* the same with a file that would have to be made anew: it stays, its series are there */
	store = keep(&config);
	write_everything(store);
	store_close(store);
	store = keep_without_room(&other_config, why);
	assert_true(store_head(store, 0) == 703);
	/* once there is room again, a reload finds it */
	struct store *next = renew(store, NULL, &other_config, path, why);
	assert_string_equal(why, "");
	assert_ptr_not_equal(next, store);
	store_close(store);
	store_close(next);
	store = keep(&other_config);
	assert_true(store_head(store, 0) == 703);
	assert_int_equal(store_samples(store, 0, 0, (struct sample[700]){{0}}, 700, NULL), 600);
	store_close(store);
}

/* After an upgrade: the old file stays as it is, and its series are there all the same. */
static void a_full_disk_stops_no_other_build(void **state)
{
	char why[STORE_WHY_MAX], old[80];
	struct store *store = keep(&config), *next;
	struct verdict verdict;

	(void)state;
	write_everything(store);
	store_close(store);
	make_foreign();
	store = keep_without_room(&config, why);
	for (size_t t = 0; t < TARGETS; t++)
		assert_samples(store, t, t);
	assert_false(store_verdict(store, 0, &verdict));
	snprintf(old, sizeof old, "%s.old", path);
	assert_int_equal(access(old, F_OK), -1);
	push(store, 1, 10);
	/* once there is room again, a reload takes all of it there */
	next = renew(store, NULL, &config, path, why);
	assert_non_null(strstr(why, "were taken over"));
	store_close(store);
	store_close(next);
	store = keep(&config);
	assert_true(store_head(store, 1) == 711);
	assert_samples(store, 1, 1);
	store_close(store);
	assert_int_equal(unlink(old), 0);
}

/* What the old file is to be called needs room too, if only a little. */
static void a_disk_too_full_for_another_name_stops_no_other_build(void **state)
{
	char why[STORE_WHY_MAX], old[80], wanted[STORE_WHY_MAX];
	struct store *store = keep(&config);

	(void)state;
	write_everything(store);
	store_close(store);
	make_foreign();
	snprintf(old, sizeof old, "%s.old", path);
	fclose(fopen(old, "w")); /* an earlier one: it is not to go for nothing */
	link_error = ENOSPC;
	store = store_keep(&config, path, why);
	snprintf(wanted, sizeof wanted,
		 "%s: cannot be kept as %s: No space left on device; samples are kept in memory alone "
		 "until a reload finds room", path, old);
	assert_string_equal(why, wanted);
	for (size_t t = 0; t < TARGETS; t++)
		assert_samples(store, t, t);
	store_close(store);
	assert_int_equal(access(old, F_OK), 0);
	link_error = EPERM;
	assert_null(store_keep(&config, path, why));
	assert_non_null(strstr(why, "Operation not permitted"));
	link_error = 0;
	store = store_keep(&config, path, why);
	assert_non_null(strstr(why, "were taken over"));
	store_close(store);
	assert_int_equal(unlink(old), 0);
}

/* A file beside the history, as if another process were making it. */
static void put_beside(char out[128], const char *number)
{
	snprintf(out, 128, "%s.new.%s", path, number);
	FILE *file = fopen(out, "w");
	assert_non_null(file);
	fputs("half a history", file);
	fclose(file);
}

/* No process has these numbers. */
static void what_a_killed_one_was_making_is_taken_away_and_nothing_else(void **state)
{
	char dead[128], alive[128], written[128], other[128], linked[128], link_name[128], victim[128], two[128];
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char parent[16];

	(void)state;
	put_beside(dead, "2147483647");
	snprintf(parent, sizeof parent, "%d", (int)getppid());
	put_beside(alive, parent);
	put_beside(written, "2147483646");
	int writer = open(written, O_RDWR);
	assert_int_equal(fcntl(writer, F_OFD_SETLK, &whole), 0);
	put_beside(other, "2147483647x");
	put_beside(linked, "2147483645");
	snprintf(two, sizeof two, "%s/two", folder);
	assert_int_equal(link(linked, two), 0);
	put_beside(victim, "0");
	snprintf(link_name, sizeof link_name, "%s.new.2147483644", path);
	assert_int_equal(symlink(victim, link_name), 0);

	store_close(keep(&config));
	assert_int_equal(access(dead, F_OK), -1);
	char *const kept[] = {alive, written, other, linked, two, link_name, victim};
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		assert_int_equal(unlink(kept[i]), 0);
	close(writer);

	/* the history by the name under which it was made: a kill between the two */
	snprintf(two, sizeof two, "%s.new.2147483647", path);
	assert_int_equal(link(path, two), 0);
	store_close(keep(&config));
	assert_int_equal(access(two, F_OK), -1);
}

static void a_file_cut_while_it_is_written_stops_nothing(void **state)
{
	struct store *store = keep(&config);
	struct store_condition condition;

	(void)state;
	write_everything(store);
	store_condition(store, &condition);
	assert_false(condition.is_struck);
	assert_int_equal(truncate(path, 8192), 0);
	push(store, 2, 50);
	store_condition(store, &condition);
	assert_true(condition.is_struck);
	/* a reload makes the file anew, of what is left and what came since */
	char why[STORE_WHY_MAX];
	struct store *next = renew(store, NULL, &config, path, why);
	assert_string_equal(why, "");
	assert_ptr_not_equal(next, store);
	store_close(store);
	push(next, 2, 50);
	store_condition(next, &condition);
	assert_false(condition.is_struck);
	store_close(next);
}

/* Pages of four times the size: of the one that is cut in its middle nothing is left. */
static void where_pages_are_larger_whole_ones_are_replaced(void **state)
{
	size_t real = (size_t)sysconf(_SC_PAGESIZE), large = 4 * real, bytes = 4 * large;
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	char *room = mmap(NULL, bytes + large, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *begin = room + (large - (uintptr_t)room % large);

	(void)state;
	assert_int_equal(posix_fallocate(fd, 0, (off_t)bytes), 0);
	assert_ptr_equal(
		mmap(begin, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0), begin);
	memset(begin, 'x', bytes);
	pretended_page = (long)large;
	guard_add(begin, bytes);
	assert_int_equal(ftruncate(fd, (off_t)(large + real)), 0);
	*(volatile char *)(begin + large + 2 * real) = 'y';
	assert_true(guard_has_struck(begin));
	assert_int_equal(begin[large + 2 * real], 'y');
	assert_int_equal(begin[large - 1], 'x');
	assert_int_equal(begin[large], 0);
	guard_remove(begin);
	munmap(room, bytes + large);
	close(fd);
}

/* ---- kill -9 ---- */

static void write_for_ever(void)
{
	struct store *store = keep(&config);
	struct judgement judgement = {.incident_count = 1, .event_count = 1};
	struct verdict verdict = {0};
	struct judge judge;

	judge_init(&judge, &verdict);
	judgement.incidents[0] = (struct incident){.kind = INCIDENT_DOWN};
	judgement.events[0] = (struct event){.kind = EVENT_DOWN};
	for (uint64_t turn = 0;; turn++) {
		push(store, turn % TARGETS, 1);
		verdict.usual_us = verdict.last_us = (int32_t)turn;
		verdict.sample_count = store_head(store, turn % TARGETS);
		store_put_judgement(store, turn % TARGETS, &judge, &verdict, &judgement);
	}
}

/* How many samples each target had when it was last looked at. */
static void witness(const struct store *viewer, uint64_t heads[TARGETS])
{
	for (size_t i = 0; i < TARGETS; i++)
		heads[i] = store_head(viewer, i);
}

static void kill_at_random(unsigned *seed, uint64_t heads[TARGETS])
{
	struct store_condition condition;
	struct store *viewer = NULL;
	char why[STORE_WHY_MAX];
	struct timespec moment = {.tv_nsec = rand_r(seed) % 5000000};
	pid_t child = fork();
	int status;

	if (child == 0) {
		write_for_ever();
		_Exit(1);
	}
	do {
		store_close(viewer);
		viewer = store_view(path, why);
		if (viewer)
			store_condition(viewer, &condition);
	} while (!viewer || !condition.is_alive || condition.pid != child);
	ppoll(NULL, 0, &moment, NULL);
	witness(viewer, heads);
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	assert_true(WIFSIGNALED(status));
	store_close(viewer);
}

static void a_killed_writer_loses_nothing(void **state)
{
	const char *wish = getenv("WEBMON_KILLS");
	int kills = wish ? atoi(wish) : 100;
	uint64_t heads[TARGETS], samples = 0;
	unsigned seed = 1;

	(void)state;
	store_close(keep(&config));
	for (int i = 0; i < kills; i++) {
		char why[STORE_WHY_MAX];
		kill_at_random(&seed, heads);
		struct store *viewer = store_view(path, why);
		assert_non_null(viewer);
		for (size_t t = 0; t < TARGETS; t++) {
			struct verdict verdict;
			assert_true(store_head(viewer, t) >= heads[t]);
			assert_samples(viewer, t, t);
			if (store_verdict(viewer, t, &verdict))
				assert_int_equal(verdict.usual_us, verdict.last_us);
		}
		store_close(viewer);
		/* what was being folded when it was killed is counted once, all the same */
		struct store *store = keep(&config);
		for (size_t t = 0; t < TARGETS; t++) {
			uint64_t good, failed;
			store_tally(store, t, T0, &good, &failed);
			assert_true(good == store_head(store, t) && failed == 0);
		}
		samples = store_head(store, 0);
		store_close(store);
	}
	printf("# figure: %d writers killed, %llu samples a target: every file opened, none of the "
	       "samples lost, none shown that was not written\n",
	       kills, (unsigned long long)samples);
}

/* Killed in the middle of a fold: no reader has anybody to wait for. */
static void nobody_waits_for_a_dead_writers_fold(void **state)
{
	struct store *store = keep(&config), *viewer;
	struct store_condition condition;
	char why[STORE_WHY_MAX];
	uint64_t good, failed, sequence;
	size_t bytes;

	(void)state;
	push(store, 0, 700);
	const struct block *block = store_block(store, &bytes);
	const struct rollup_head *fold = block_at(block, ROW_FOLDS, 0);
	off_t at = (const char *)fold - (const char *)block +
		   (off_t)offsetof(struct rollup_head, sequence);
	sequence = atomic_load(&fold->sequence) | 1;
	store_close(store);
	put(at, &sequence, sizeof sequence);
	viewer = store_view(path, why);
	assert_non_null(viewer);
	store_condition(viewer, &condition);
	assert_false(condition.is_alive);
	yields = 0;
	store_tally(viewer, 0, T0, &good, &failed);
	assert_true(good == 700 && failed == 0);
	struct stats stats = store_stats(viewer, 0, T0, T0 + 700 * STEP_MS, 100000, NULL);
	assert_int_equal(stats.good, 700);
	assert_int_equal(yields, 0);
	store_close(viewer);
}

/* ---- power cuts ---- */

enum { IMAGES = 8 };

/* The whole block as it is now. */
static unsigned char *image(const struct store *store, size_t *size)
{
	const void *block = store_block(store, size);
	unsigned char *copy = malloc(*size);

	memcpy(copy, block, *size);
	return copy;
}

/* Of each piece the disk has what was written at one time or another. */
static void mix(unsigned char *out, unsigned char *const images[IMAGES], size_t size,
		unsigned *seed)
{
	size_t piece = rand_r(seed) % 2 ? 4096 : 512;

	for (size_t at = 0; at < size; at += piece) {
		size_t bytes = size - at < piece ? size - at : piece;
		memcpy(out + at, images[rand_r(seed) % IMAGES] + at, bytes);
	}
}

static void assert_nothing_invented(const struct store *store)
{
	size_t capacity = store_ring_capacity(store, 0);
	struct sample *samples = calloc(capacity + 1, sizeof *samples);
	struct incident incidents[64];

	for (size_t t = 0; t < TARGETS; t++) {
		uint64_t first;
		size_t count = store_samples(store, t, 0, samples, capacity, &first);
		for (size_t i = 0; i < count; i++) {
			struct sample wanted = made(t, (uint64_t)(samples[i].at_ms - T0) / STEP_MS);
			assert_memory_equal(&samples[i], &wanted, sizeof wanted);
		}
		struct verdict verdict;
		if (store_verdict(store, t, &verdict))
			assert_int_equal(verdict.usual_us, verdict.last_us);
	}
	size_t count = store_incidents(store, 0, incidents, 64);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(incidents[i].count, incidents[i].id);
	free(samples);
}

/* After a power cut each piece of the file is of another moment: what fits is shown, and it can be
 * gone on with. */
static void after_a_power_cut_nothing_is_invented(void **state)
{
	enum { MIXES = 300 };
	struct store *store = keep(&config);
	unsigned char *images[IMAGES];
	unsigned seed = 5;
	size_t size = 0, shown = 0;

	(void)state;
	for (int i = 0; i < IMAGES; i++) {
		for (size_t t = 0; t < TARGETS; t++) {
			struct verdict verdict = {.last_us = i * 7 + (int)t,
						  .usual_us = i * 7 + (int)t};
			struct incident incident = {.target = (uint32_t)t,
						    .count = (uint32_t)(i * TARGETS + (int)t + 1)};
			push(store, t, 150);
			store_put_verdict(store, t, &verdict);
			store_put_incident(store, &incident);
		}
		images[i] = image(store, &size);
	}
	store_close(store);
	unsigned char *mixed = malloc(size);
	for (int i = 0; i < MIXES; i++) {
		mix(mixed, images, size, &seed);
		store = store_attach(mixed, size);
		assert_non_null(store);
		assert_nothing_invented(store);
		shown += store_samples(store, 0, 0, (struct sample[1]){{0}}, 1, NULL);
		store_close(store);
	}
	put(0, mixed, size);
	store = keep(&config);
	assert_nothing_invented(store);
	push(store, 1, 50);
	store_close(store);
	printf("# figure: of %d files mixed of 8 moments none showed what was not written, %zu had "
	       "the newest sample\n",
	       MIXES, shown);
	for (int i = 0; i < IMAGES; i++)
		free(images[i]);
	free(mixed);
}

/* ---- for the bench: a file as it is after a day ---- */

static uint64_t status_kb(const char *field)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[200];
	unsigned long long value = 0;

	while (file && fgets(line, sizeof line, file))
		if (strncmp(line, field, strlen(field)) == 0)
			sscanf(line + strlen(field), ": %llu", &value);
	if (file)
		fclose(file);
	return value;
}

static void fill_target(struct store *store, size_t index, int64_t interval_ms, int64_t now_ms)
{
	struct judgement judgement;
	struct verdict verdict;
	struct judge judge;
	unsigned seed = (unsigned)index + 1;

	judge_init(&judge, &verdict);
	for (int64_t at_ms = now_ms - 86400000; at_ms < now_ms; at_ms += interval_ms) {
		struct sample sample = sample_blank(at_ms);
		bool fails = index % 50 == 7 && now_ms - at_ms < 3600000;
		sample.total_us = 60000 + rand_r(&seed) % 40000;
		sample.phase_us[PHASE_CONNECT] = 10000;
		sample.phase_us[PHASE_WAIT] = sample.total_us - 10000;
		sample.status = fails ? 503 : 200;
		sample.cls = fails ? CLASS_HTTP_STATUS : CLASS_OK;
		memset(&judgement, 0, sizeof judgement);
		judge_sample(&judge, &targets[0], &sample, fails ? "503 Service Unavailable" : "",
			     &verdict, &judgement);
		store_push(store, index, &sample);
		store_put_judgement(store, index, &judge, &verdict, &judgement);
	}
}

/* "COUNT INTERVAL_MS FILE" */
static int fill(const char *order)
{
	static char names[5000][3][80];
	struct target *fleet = calloc(5000, sizeof *fleet);
	struct config big = {.program = {.keep_ms = 86400000}, .targets = fleet};
	char why[STORE_WHY_MAX], name[200];
	long long interval_ms;

	if (sscanf(order, "%zu %lld %199s", &big.target_count, &interval_ms, name) != 3 ||
	    big.target_count > 5000)
		return 1;
	for (size_t i = 0; i < big.target_count; i++) {
		snprintf(names[i][0], 80, "service-%04zu", i);
		snprintf(names[i][1], 80, "team-%zu", i / 20);
		snprintf(names[i][2], 80, "https://service-%04zu.example.com/health", i);
		fleet[i] = targets[0];
		fleet[i].name = names[i][0];
		fleet[i].group = names[i][1];
		fleet[i].url_shown = names[i][2];
		fleet[i].interval_ms = interval_ms;
	}
	struct store *store = store_keep(&big, name, why);
	if (!store)
		return 1;
	for (size_t i = 0; i < big.target_count; i++)
		fill_target(store, i, interval_ms, clock_wall_ms());
	printf("file %llu kB, resident %llu kB (of the file %llu kB)\n",
	       (unsigned long long)store_plan(&big).total_bytes / 1000,
	       (unsigned long long)status_kb("VmRSS"),
	       (unsigned long long)status_kb("RssFile") +
		       (unsigned long long)status_kb("RssShmem"));
	store_close(store);
	free(fleet);
	return 0;
}

int main(void)
{
	if (getenv("WEBMON_FILL"))
		return fill(getenv("WEBMON_FILL"));
#define IN_FILE(test) cmocka_unit_test_teardown(test, remove_file)
	const struct CMUnitTest tests[] = {
		IN_FILE(a_file_is_gone_on_with),
		IN_FILE(series_follow_their_names_to_another_geometry),
		IN_FILE(what_comes_while_a_file_is_prepared_is_not_lost),
		cmocka_unit_test(a_store_in_memory_is_renewed_too),
		IN_FILE(a_viewer_is_told_who_writes_and_when_that_ended),
		IN_FILE(a_viewer_knows_the_targets_without_a_configuration),
		IN_FILE(a_choice_of_targets_is_all_that_a_viewer_has),
		IN_FILE(a_second_writer_is_refused_by_the_firsts_number),
		IN_FILE(a_lock_that_cannot_be_had_is_told_as_that),
		IN_FILE(foreign_files_are_refused_in_words),
		IN_FILE(of_another_build_the_series_are_taken_over),
		IN_FILE(a_move_that_fails_leaves_the_old_file_alone),
		IN_FILE(a_move_that_was_killed_is_done_again),
		IN_FILE(a_header_whose_rows_lie_elsewhere_is_damage),
		IN_FILE(what_is_no_plain_file_of_ours_is_refused),
		IN_FILE(of_a_cut_file_the_rest_is_shown),
		IN_FILE(damage_is_left_out),
		IN_FILE(a_full_disk_is_told_and_memory_goes_on),
		IN_FILE(a_full_disk_stops_no_other_build),
		IN_FILE(a_disk_too_full_for_another_name_stops_no_other_build),
		IN_FILE(what_a_killed_one_was_making_is_taken_away_and_nothing_else),
		IN_FILE(a_file_cut_while_it_is_written_stops_nothing),
		IN_FILE(where_pages_are_larger_whole_ones_are_replaced),
		IN_FILE(a_killed_writer_loses_nothing),
		IN_FILE(nobody_waits_for_a_dead_writers_fold),
		IN_FILE(after_a_power_cut_nothing_is_invented),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
