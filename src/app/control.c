/*
 * The control socket: its server's thread, and the few calls of a viewer.
 *
 * A client sends its line and waits; a line that is too long, or does not come, ends the
 * connection. What is asked goes to the pollers as a command of theirs, which returns at once.
 */
#include "app/control.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/thread.h"

#define CLIENTS	   8
#define LINE_BYTES 256
#define PATIENT_US 2000000 /* for a line */

struct client {
	int descriptor; /* -1: none */
	int64_t until_us;
	size_t used;
	char line[LINE_BYTES];
};

struct control {
	struct poll *poll;
	const struct store *store;
	char *path;
	pthread_t thread;
	int listener, stop;
	struct client clients[CLIENTS];
};

static bool address_of(struct sockaddr_un *address, const char *history, char why[200])
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(history) + sizeof ".sock" > sizeof address->sun_path) {
		text_format(why, 200, "the history's path is too long for a control socket");
		return false;
	}
	text_format(address->sun_path, sizeof address->sun_path, "%s.sock", history);
	return true;
}

/* ---- the server ---- */

static const struct verb {
	const char *name;
	enum poll_verb verb;
	const char *done, *all_done;
} verbs[] = {
	{"check", POLL_CHECK_NOW, "ok checking now", "ok checking all targets now"},
	{"pause", POLL_PAUSE, "ok paused", "ok all targets paused"},
	{"resume", POLL_RESUME, "ok goes on", "ok all targets go on"},
};

/* "*" or a key; false where there is no such target. */
static bool find_target(const struct control *control, const char *word, size_t *target)
{
	uint64_t key;
	int end = 0;

	if (strcmp(word, "*") == 0) {
		*target = POLL_ALL;
		return true;
	}
	if (sscanf(word, "%16" SCNx64 "%n", &key, &end) != 1 || word[end] != '\0')
		return false;
	*target = store_find(control->store, key);
	return *target != SIZE_MAX;
}

static const char *obey(const struct control *control, char *line)
{
	char *key = strchr(line, ' '), *note = key ? strchr(key + 1, ' ') : NULL;
	size_t target;

	if (!key)
		return "no that is no request: VERB KEY [NOTE] was expected";
	*key++ = '\0';
	if (note)
		*note++ = '\0';
	if (!find_target(control, key, &target))
		return "no the recorder has no such target any more";
	if (strcmp(line, "ack") == 0 && target != POLL_ALL) {
		char clean[80];
		text_clean(clean, sizeof clean, note ? note : "", note ? strlen(note) : 0,
			   TEXT_LINE);
		poll_acknowledge(control->poll, target, clean);
		return "ok acknowledged";
	}
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
		if (strcmp(line, verbs[i].name) != 0)
			continue;
		poll_command(control->poll, verbs[i].verb, target);
		return target == POLL_ALL ? verbs[i].all_done : verbs[i].done;
	}
	return "no the recorder knows no such request";
}

static void hang_up(struct client *client)
{
	if (client->descriptor >= 0)
		close(client->descriptor);
	client->descriptor = -1;
}

static void say(struct client *client, const char *words)
{
	char line[LINE_BYTES];
	size_t length = text_format(line, sizeof line, "%s\n", words);

	(void)!send(client->descriptor, line, length, MSG_DONTWAIT | MSG_NOSIGNAL);
	hang_up(client);
}

static void hear(const struct control *control, struct client *client)
{
	ssize_t got = recv(client->descriptor, client->line + client->used,
			   sizeof client->line - 1 - client->used, MSG_DONTWAIT);
	char *end;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		hang_up(client);
		return;
	}
	client->used += (size_t)got;
	client->line[client->used] = '\0';
	end = strchr(client->line, '\n');
	if (end) {
		*end = '\0';
		say(client, obey(control, client->line));
	} else if (client->used == sizeof client->line - 1) {
		say(client, "no the request is too long");
	}
}

static bool is_ours(int descriptor)
{
	struct ucred peer;
	socklen_t size = sizeof peer;

	return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
	       (peer.uid == geteuid() || peer.uid == 0);
}

/* False where no descriptor is left for one: he waits, and poll() would tell of him again at once.
 */
static bool take_client(struct control *control)
{
	struct client client = {.until_us = clock_mono_us() + PATIENT_US};

	client.descriptor = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (client.descriptor < 0)
		return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
	if (!is_ours(client.descriptor)) {
		say(&client, "no only the recorder's own user may ask for that");
		return true;
	}
	for (size_t i = 0; i < CLIENTS; i++) {
		if (control->clients[i].descriptor >= 0)
			continue;
		control->clients[i] = client;
		return true;
	}
	say(&client, "no too many ask at once");
	return true;
}

static void serve_clients(const struct control *control, struct client *clients,
			  const struct pollfd *fds)
{
	int64_t now_us = clock_mono_us();

	for (size_t i = 0; i < CLIENTS; i++) {
		if (clients[i].descriptor < 0)
			continue;
		if (now_us > clients[i].until_us)
			hang_up(&clients[i]);
		else if (fds[i].revents)
			hear(control, &clients[i]);
	}
}

static void *run(void *arg)
{
	struct control *control = arg;
	struct pollfd fds[CLIENTS + 2] = {{.fd = control->stop, .events = POLLIN},
					  {.fd = control->listener, .events = POLLIN}};

	for (;;) {
		bool waits = fds[1].fd < 0;

		for (size_t i = 0; i < CLIENTS; i++) {
			fds[i + 2] = (struct pollfd){.fd = control->clients[i].descriptor,
						     .events = POLLIN};
			waits |= control->clients[i].descriptor >= 0;
		}
		if (poll(fds, CLIENTS + 2, waits ? PATIENT_US / 1000 : -1) < 0 && errno != EINTR)
			return NULL;
		if (fds[0].revents)
			return NULL;
		serve_clients(control, control->clients, fds + 2);
		if (fds[1].fd < 0)
			fds[1].fd = control->listener;
		else if (fds[1].revents && !take_client(control))
			fds[1].fd = -1;
	}
}

/* The history's lock is ours: a socket that lies there is of a process that is gone. */
static int listen_at(const struct sockaddr_un *address)
{
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (listener < 0)
		return -1;
	(void)unlink(address->sun_path);
	/* Before the bind, so that there is no moment at which others may; by its name it could be
	 * another file by then. */
	if (fchmod(listener, 0600) == 0 &&
	    bind(listener, (const struct sockaddr *)address, sizeof *address) == 0 &&
	    listen(listener, CLIENTS) == 0)
		return listener;
	int error = errno;
	close(listener);
	errno = error;
	return -1;
}

struct control *control_start(const char *history, struct poll *poll, const struct store *store,
			      char why[200])
{
	struct sockaddr_un address;
	struct control *control;
	int failed;

	if (!address_of(&address, history, why))
		return NULL;
	control = x_calloc(1, sizeof *control);
	control->poll = poll;
	control->store = store;
	for (size_t i = 0; i < CLIENTS; i++)
		control->clients[i].descriptor = -1;
	control->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	control->listener = listen_at(&address);
	failed = control->listener < 0 || control->stop < 0
			 ? errno
			 : thread_start(&control->thread, "webmon-control", run, control);
	if (!failed) {
		control->path = x_strdup(address.sun_path);
		return control;
	}
	text_format(why, 200, "no control socket %s: %s", address.sun_path, strerror(failed));
	if (control->listener >= 0)
		close(control->listener);
	if (control->stop >= 0)
		close(control->stop);
	free(control);
	return NULL;
}

void control_stop(struct control *control)
{
	if (!control)
		return;
	(void)eventfd_write(control->stop, 1);
	pthread_join(control->thread, NULL);
	(void)unlink(control->path);
	for (size_t i = 0; i < CLIENTS; i++)
		hang_up(&control->clients[i]);
	close(control->listener);
	close(control->stop);
	free(control->path);
	free(control);
}

/* ---- the viewer ---- */

/* One line of what is asked; false where a recorder cannot do that. */
static bool line_of(char line[LINE_BYTES], const struct store *store,
		    const struct tui_request *request)
{
	const char *verb = request->ask == TUI_ASK_CHECK_NOW	 ? "check"
			   : request->ask == TUI_ASK_PAUSE	 ? "pause"
			   : request->ask == TUI_ASK_RESUME	 ? "resume"
			   : request->ask == TUI_ASK_ACKNOWLEDGE ? "ack"
								 : NULL;
	char key[20] = "*";

	if (!verb)
		return false;
	if (request->target != SIZE_MAX)
		text_format(key, sizeof key, "%016" PRIx64, store_key(store, request->target));
	text_format(line, LINE_BYTES, "%s %s %s", verb, key, request->text ? request->text : "");
	line[strcspn(line, "\n")] = '\0';
	return true;
}

int control_ask(const char *history, const struct store *store, const struct tui_request *request,
		char why[200])
{
	struct sockaddr_un address;
	char line[LINE_BYTES + 1];
	int descriptor;

	if (!history || !line_of(line, store, request)) {
		text_format(why, 200, "nobody here can be asked for that");
		return -1;
	}
	if (request->target == SIZE_MAX && store_has_choice(store)) {
		text_format(why, 200,
			    "all would be all targets of the recorder, not only those shown here");
		return -1;
	}
	if (!address_of(&address, history, why))
		return -1;
	descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (descriptor >= 0 &&
	    connect(descriptor, (const struct sockaddr *)&address, sizeof address) == 0) {
		size_t length = strlen(line);
		line[length++] = '\n';
		if (send(descriptor, line, length, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)length)
			return descriptor;
	}
	if (errno == EACCES || errno == EPERM)
		text_format(why, 200,
			    "only the recorder's own user may ask for that; this view is "
			    "read-only");
	else if (errno == ENOENT || errno == ECONNREFUSED)
		text_format(why, 200, "no recorder is there to be asked");
	else
		text_format(why, 200, "the recorder cannot be asked: %s", strerror(errno));
	if (descriptor >= 0)
		close(descriptor);
	return -1;
}

void control_answer(int descriptor, char answer[200])
{
	char line[LINE_BYTES] = "";
	ssize_t got = recv(descriptor, line, sizeof line - 1, MSG_DONTWAIT);

	close(descriptor);
	if (got <= 3) {
		text_copy(answer, 200, "the recorder did not answer");
		return;
	}
	line[got] = '\0';
	line[strcspn(line, "\n")] = '\0';
	text_clean(answer, 200, line + 3, strlen(line + 3), TEXT_LINE);
}
