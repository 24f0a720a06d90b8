// SPDX-License-Identifier: GPL-2.0-only
/* Which request is next: classes, back-off. Requests are told by a letter. */
#include "../drivers/core/queue.h"
#include "../drivers/core/request.h"

#include <kunit/test.h>
#include <linux/limits.h>

static struct kcs_queue *queue_create(struct kunit *test)
{
	struct kcs_queue *queue = kunit_kzalloc(test, sizeof(*queue), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, queue);
	kcs_queue_init(queue);
	return queue;
}

static struct kcs_request *make(struct kunit *test, enum kcs_class class,
				char letter)
{
	struct kcs_request *request = kunit_kzalloc(test, sizeof(*request),
						    GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, request);
	INIT_LIST_HEAD(&request->node);
	request->class = class;
	request->deadline_us = 1000;
	request->msg.bytes[0] = letter;
	return request;
}

static struct kcs_request *add(struct kunit *test, struct kcs_queue *queue,
			       enum kcs_class class, char letter)
{
	struct kcs_request *request = make(test, class, letter);

	KUNIT_EXPECT_EQ(test, kcs_queue_add(queue, request), 0);
	return request;
}

static char take(struct kcs_queue *queue, u64 now_us)
{
	struct kcs_request *request = kcs_queue_next(queue, now_us);

	if (!request)
		return '-';
	kcs_queue_take(queue, request);
	return request->msg.bytes[0];
}

static void expect_order(struct kunit *test, struct kcs_queue *queue,
			 const char *letters)
{
	char taken[64] = {};
	size_t i;

	for (i = 0; i < strlen(letters); i++)
		taken[i] = take(queue, 0);
	KUNIT_EXPECT_STREQ(test, (const char *)taken, letters);
}

static void higher_class_comes_first(struct kunit *test)
{
	struct kcs_queue *queue = queue_create(test);

	add(test, queue, KCS_CLASS_BACKGROUND, 'b');
	add(test, queue, KCS_CLASS_USER, 'u');
	add(test, queue, KCS_CLASS_AML, 'a');
	add(test, queue, KCS_CLASS_USER, 'v');
	add(test, queue, KCS_CLASS_WATCHDOG, 'w');
	expect_order(test, queue, "wauvb-");
}

static void no_class_waits_for_ever(struct kunit *test)
{
	struct kcs_queue *queue = queue_create(test);
	char taken[64] = {};
	size_t i;

	add(test, queue, KCS_CLASS_BACKGROUND, 'b');
	add(test, queue, KCS_CLASS_USER, 'u');
	add(test, queue, KCS_CLASS_USER, 'u');
	for (i = 0; i < 20; i++) {
		add(test, queue, KCS_CLASS_AML, 'a');
		taken[i] = take(queue, 0);
	}
	KUNIT_EXPECT_STREQ(test, (const char *)taken, "aaaaaaaabuaaaaaaaaua");
}

static void requests_of_a_class_keep_their_order(struct kunit *test)
{
	struct kcs_queue *queue = queue_create(test);
	char letter;

	for (letter = 'a'; letter <= 'h'; letter++)
		add(test, queue, KCS_CLASS_USER, letter);
	expect_order(test, queue, "abcdefgh-");
}

static void request_that_backs_off_lets_others_pass(struct kunit *test)
{
	struct kcs_queue *queue = queue_create(test);

	KUNIT_EXPECT_EQ(test, kcs_queue_due_us(queue), (u64)U64_MAX);
	add(test, queue, KCS_CLASS_AML, 'a')->not_before_us = 100;
	KUNIT_EXPECT_EQ(test, kcs_queue_due_us(queue), 100ull);
	add(test, queue, KCS_CLASS_USER, 'u');
	KUNIT_EXPECT_EQ(test, kcs_queue_due_us(queue), 0ull);
	expect_order(test, queue, "u-");
	KUNIT_EXPECT_EQ(test, take(queue, 99), (char)'-');
	KUNIT_EXPECT_EQ(test, take(queue, 100), (char)'a');
}

static void full_queue_counts_no_cancelled_requests(struct kunit *test)
{
	struct kcs_queue *queue = queue_create(test);
	struct kcs_request *last = NULL;
	int i;

	for (i = 0; i < KCS_HOST_QUEUE_MAX; i++)
		last = add(test, queue, KCS_CLASS_USER, 'u');
	KUNIT_EXPECT_EQ(test, -EBUSY,
			kcs_queue_add(queue, make(test, KCS_CLASS_USER, 'v')));
	KUNIT_EXPECT_NE(test, queue->expiry_us, 0ull);
	last->ended = 1;
	add(test, queue, KCS_CLASS_USER, 'v');
	KUNIT_EXPECT_EQ(test, queue->expiry_us, 0ull);
	KUNIT_EXPECT_EQ(test, -EBUSY,
			kcs_queue_add(queue, make(test, KCS_CLASS_USER, 'v')));
}

static void full_class_leaves_room_for_the_others(struct kunit *test)
{
	struct kcs_queue *queue = queue_create(test);
	int i;

	for (i = 0; i < KCS_HOST_QUEUE_MAX; i++)
		add(test, queue, KCS_CLASS_USER, 'u');
	add(test, queue, KCS_CLASS_AML, 'a');
	add(test, queue, KCS_CLASS_WATCHDOG, 'w');
	expect_order(test, queue, "wau");
}

static void collect_takes_the_late_and_the_cancelled(struct kunit *test)
{
	struct kcs_queue *queue = queue_create(test);
	LIST_HEAD(ended);

	add(test, queue, KCS_CLASS_USER, 'a')->deadline_us = 50;
	add(test, queue, KCS_CLASS_USER, 'b')->deadline_us = 51;
	add(test, queue, KCS_CLASS_AML, 'c')->ended = 1;
	KUNIT_EXPECT_EQ(test, kcs_queue_deadline_us(queue), 51ull);
	kcs_queue_collect(queue, &ended, 50);
	KUNIT_EXPECT_EQ(test, kcs_queue_deadline_us(queue), 51ull);
	KUNIT_EXPECT_EQ(test, queue->expiry_us, 51ull);
	KUNIT_EXPECT_EQ(test, list_first_entry(&ended, struct kcs_request,
					       node)->msg.bytes[0], (u8)'c');
	KUNIT_EXPECT_EQ(test, list_last_entry(&ended, struct kcs_request,
					      node)->msg.bytes[0], (u8)'a');
	kcs_queue_collect(queue, &ended, U64_MAX);
	KUNIT_EXPECT_EQ(test, kcs_queue_deadline_us(queue), 0ull);
	KUNIT_EXPECT_EQ(test, queue->expiry_us, (u64)U64_MAX);
	KUNIT_EXPECT_EQ(test, take(queue, 0), (char)'-');
}

static void queue_admits_what_would_be_next(struct kunit *test)
{
	struct kcs_queue *queue = queue_create(test);
	int i;

	KUNIT_EXPECT_TRUE(test, kcs_queue_admits(queue, KCS_CLASS_USER, 0));
	add(test, queue, KCS_CLASS_USER, 'u');
	KUNIT_EXPECT_FALSE(test, kcs_queue_admits(queue, KCS_CLASS_USER, 0));
	KUNIT_EXPECT_FALSE(test, kcs_queue_admits(queue, KCS_CLASS_BACKGROUND, 0));
	KUNIT_EXPECT_TRUE(test, kcs_queue_admits(queue, KCS_CLASS_AML, 0));
	for (i = 0; i < KCS_QUEUE_PASSED_MAX; i++)
		kcs_queue_take(queue, make(test, KCS_CLASS_AML, 'a'));
	KUNIT_EXPECT_FALSE(test, kcs_queue_admits(queue, KCS_CLASS_AML, 0));
}

static struct kunit_case queue_cases[] = {
	KUNIT_CASE(higher_class_comes_first),
	KUNIT_CASE(no_class_waits_for_ever),
	KUNIT_CASE(requests_of_a_class_keep_their_order),
	KUNIT_CASE(request_that_backs_off_lets_others_pass),
	KUNIT_CASE(queue_admits_what_would_be_next),
	KUNIT_CASE(full_queue_counts_no_cancelled_requests),
	KUNIT_CASE(full_class_leaves_room_for_the_others),
	KUNIT_CASE(collect_takes_the_late_and_the_cancelled),
	{}
};

static struct kunit_suite queue_suite = {
	.name = "kcs_queue",
	.test_cases = queue_cases,
};

kunit_test_suite(queue_suite);
