/* libcurl, loaded on first use, and the one system call sequence that Swift cannot make: starting a child.
 *
 * Linking libcurl costs every start of the program about 10 ms (its LDAP, Kerberos and RTMP libraries are
 * relocated), also where no request is made: so it is opened by dlopen. Its variadic functions do not
 * import into Swift: each kind of argument has its own wrapper here. */
#ifndef BELAY_CCURL_H
#define BELAY_CCURL_H
#include <curl/curl.h>
#include "Spawn.h"

/* Loads libcurl and its functions once, from any thread. 0, or -1 where it is missing or too old. */
int ccurl_load(void);
/* Why loading failed; empty if it did not. */
const char *ccurl_load_error(void);

CURL *ccurl_easy_init(void);
void ccurl_easy_cleanup(CURL *handle);
CURLcode ccurl_easy_perform(CURL *handle);
CURLcode ccurl_easy_send(CURL *handle, const void *bytes, size_t count, size_t *sent);
CURLcode ccurl_easy_recv(CURL *handle, void *bytes, size_t count, size_t *received);
const char *ccurl_easy_strerror(CURLcode code);

CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value);
CURLcode ccurl_set_offset(CURL *handle, CURLoption option, curl_off_t value);
CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value);
CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, const void *value);

/* Called with bytes, 1, their count and the context; a short count ends the transfer. */
typedef size_t (*ccurl_data_function)(char *bytes, size_t size, size_t count, void *context);
CURLcode ccurl_set_data_function(CURL *handle, CURLoption option, ccurl_data_function function);

CURLcode ccurl_get_long(CURL *handle, CURLINFO info, long *value);
CURLcode ccurl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value);
CURLcode ccurl_get_text(CURL *handle, CURLINFO info, char **value);
CURLcode ccurl_get_socket(CURL *handle, curl_socket_t *value);

struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *line);
void ccurl_slist_free_all(struct curl_slist *list);

CURLM *ccurl_multi_init(void);
CURLMcode ccurl_multi_cleanup(CURLM *multi);
CURLMcode ccurl_multi_add_handle(CURLM *multi, CURL *handle);
CURLMcode ccurl_multi_remove_handle(CURLM *multi, CURL *handle);
CURLMcode ccurl_multi_perform(CURLM *multi, int *running);
CURLMcode ccurl_multi_poll(CURLM *multi, int milliseconds);
CURLMcode ccurl_multi_wakeup(CURLM *multi);
CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value);
/* The next finished transfer and its result, or NULL. */
CURL *ccurl_multi_finished(CURLM *multi, CURLcode *result);

#endif
