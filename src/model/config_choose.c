/*
 * What the command line asks for, of targets that nobody is to build: a history's. Main thread.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/config_parts.h"
#include "model/names.h"
#include "model/url.h"

bool config_has_choice(const struct config_request *request)
{
	return request->word_count > 0 || request->only || request->skip || request->group;
}

struct choice {
	struct build build;
	size_t *chosen;
	size_t count;
	bool *taken; /* by target */
};

static void take(struct choice *choice, size_t index)
{
	if (!choice->taken[index] &&
	    config_is_wanted(choice->build.request, &choice->build.config->targets[index]))
		choice->chosen[choice->count++] = index;
	choice->taken[index] = true;
}

/* Without a last slash, and without a scheme where the other has none: as people type it. */
static bool is_same_address(const char *word, const char *url)
{
	const char *rest = strstr(url, "://");
	size_t length = strlen(word), url_length;

	if (!strstr(word, "://") && rest)
		url = rest + 3;
	url_length = strlen(url);
	length -= length > 0 && word[length - 1] == '/';
	url_length -= url_length > 0 && url[url_length - 1] == '/';
	return length == url_length && strncmp(word, url, length) == 0;
}

/* Every target of this address; false where there is none. What is secret in it no history knows.
 */
static bool take_address(struct choice *choice, const char *word)
{
	const struct config *config = choice->build.config;
	char *shown = target_url_shown(word);
	bool found = false;

	for (size_t i = 0; i < config->target_count; i++) {
		if (!is_same_address(shown, config->targets[i].url_shown))
			continue;
		take(choice, i);
		found = true;
	}
	free(shown);
	return found;
}

static void refuse_address(struct choice *choice, const char *word)
{
	char *shown = target_url_shown(word);

	error_add(choice->build.errors, NULL, 0,
		  "no target of the history has the name or the address '%s'; what its recorder "
		  "did not probe is not in it",
		  shown);
	free(shown);
}

static void take_word(struct choice *choice, const struct names *names, const char *word)
{
	size_t index = names_find(names, word);

	if (index != NAMES_NONE)
		take(choice, index);
	else if (!config_is_url(word))
		config_refuse_word(&choice->build, word);
	else if (!take_address(choice, word))
		refuse_address(choice, word);
}

static void take_words(struct choice *choice)
{
	const struct config_request *request = choice->build.request;
	const struct config *config = choice->build.config;
	struct names *names = names_new(config->target_count);

	for (size_t i = 0; i < config->target_count; i++)
		names_add(names, config->targets[i].name, i);
	for (size_t i = 0; i < request->word_count; i++)
		take_word(choice, names, request->words[i]);
	names_free(names);
}

size_t config_choose(const struct config_request *request, const struct target *targets,
		     size_t count, size_t *chosen, struct errors *errors)
{
	struct config config = {.targets = (struct target *)(uintptr_t)targets,
				.target_count = count};
	struct choice choice = {.build = {.request = request, .errors = errors, .config = &config},
				.chosen = chosen,
				.taken = x_calloc(count + 1, sizeof *choice.taken)};
	size_t known = errors->fatal;

	if (request->word_count > 0)
		take_words(&choice);
	for (size_t i = 0; request->word_count == 0 && i < count; i++)
		take(&choice, i);
	if (choice.count == 0 && errors->fatal == known)
		config_refuse_choice(&choice.build,
				     request->word_count > 0 ? request->word_count : count);
	free(choice.taken);
	return errors->fatal == known ? choice.count : 0;
}
