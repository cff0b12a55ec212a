/*
 * Lists: where a key leads, and what has to scroll for it. Pure.
 */
#include "face/tui/list.h"

bool list_move(enum action action, size_t *at, size_t count, size_t page)
{
	size_t step = page > 1 ? page - 1 : 1, half = page > 3 ? page / 2 : 1;
	size_t last = count ? count - 1 : 0;
	size_t back, forth;

	if (action < ACTION_UP || action > ACTION_LAST)
		return false;
	if (action == ACTION_FIRST || action == ACTION_LAST) {
		*at = action == ACTION_FIRST ? 0 : last;
		return true;
	}
	back = action == ACTION_UP	  ? 1
	       : action == ACTION_PAGE_UP ? step
	       : action == ACTION_HALF_UP ? half
					  : 0;
	forth = action == ACTION_DOWN	     ? 1
		: action == ACTION_PAGE_DOWN ? step
		: action == ACTION_HALF_DOWN ? half
					     : 0;
	*at = *at > back ? *at - back : 0;
	*at = forth > last - (*at < last ? *at : last) ? last : *at + forth;
	return true;
}

size_t list_scroll(size_t top, size_t at, size_t count, size_t page)
{
	if (!page || count <= page)
		return 0;
	if (at < top)
		top = at;
	if (at >= top + page)
		top = at - page + 1;
	return top > count - page ? count - page : top;
}
