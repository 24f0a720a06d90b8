# SPDX-License-Identifier: GPL-2.0-only
# The suites of the pure code as one program: make OUT=FOLDER FLAGS="..." SOURCES="...".
# Objects are made anew when a file that they were made of is newer.
OBJECTS := $(SOURCES:%.c=$(OUT)/%.o)

$(OUT)/unit: $(OBJECTS)
	gcc $(FLAGS) -o $@ $^

$(OUT)/%.o: %.c
	mkdir -p $(@D)
	gcc $(FLAGS) -MMD -c -o $@ $<

-include $(OBJECTS:.o=.d)
