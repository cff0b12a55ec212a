# webmon: build, test, install. GNU make. `make help` lists the targets.
VERSION  := 1.0.0
CC       ?= cc
PREFIX   ?= /usr/local
DESTDIR  ?=
SAN      ?=
V        ?= 0
BUILD    ?= build$(if $(SAN),-$(subst $(comma),-,$(SAN)))
comma    := ,
PKGS     := ncursesw libcurl inih openssl jansson libmicrohttpd
PKG_CONFIG ?= pkg-config

WARN := -Wall -Wextra -Werror -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wpointer-arith -Wcast-qual -Wcast-align -Wwrite-strings -Wformat=2 -Wformat-security -Wundef \
	-Wvla -Wnull-dereference -Wdouble-promotion -Wswitch-enum -Wimplicit-fallthrough -Wno-format-nonliteral
HARD := -fPIE -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
LDHARD := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code
ifeq ($(SAN),)
OPT  := -O2 -g -D_FORTIFY_SOURCE=3
else
OPT  := -O1 -g -fno-omit-frame-pointer -fsanitize=$(SAN) -fno-sanitize-recover=all
LDSAN := -fsanitize=$(SAN)
endif

CPPFLAGS_ALL = -Iinclude -D_GNU_SOURCE -DWEBMON_VERSION='"$(VERSION)"' -DWEBMON_PREFIX='"$(PREFIX)"' $(shell $(PKG_CONFIG) --cflags $(PKGS)) $(CPPFLAGS)
CFLAGS_ALL = -std=c11 $(OPT) $(WARN) $(HARD) -pthread $(CFLAGS)
LDFLAGS_ALL = $(LDHARD) $(LDSAN) -pthread $(LDFLAGS)
LIBS = $(shell $(PKG_CONFIG) --libs $(PKGS)) -lm

SRC := $(sort $(shell find src -name '*.c'))
OBJ := $(SRC:src/%.c=$(BUILD)/%.o)
LIB := $(filter-out $(BUILD)/main.o,$(OBJ))
UNIT := $(sort $(wildcard tests/unit/test_*.c))
UNITBIN := $(UNIT:tests/unit/%.c=$(BUILD)/unit/%)

Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),@:,@printf '  %-5s %s\n' $(1) $(2))

.PHONY: all unit clean help
all: $(BUILD)/webmon

$(BUILD)/webmon: $(OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(OBJ) $(LIBS)

$(BUILD)/%.o: src/%.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(BUILD)/libwebmon.a: $(LIB)
	$(Q)rm -f $@
	$(Q)ar rcs $@ $(LIB)

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/libwebmon.a
	$(call say,TEST,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) -Itests $(CFLAGS_ALL) -MMD -MP -MF $@.d $(LDFLAGS_ALL) -o $@ $< $(BUILD)/libwebmon.a $(LIBS) -lcmocka

unit: $(UNITBIN)
	$(Q)for t in $(UNITBIN); do $$t || exit 1; done

clean:
	rm -rf build build-*

-include $(OBJ:.o=.d) $(UNITBIN:=.d)
