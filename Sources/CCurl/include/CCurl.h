#ifndef BELAY_CCURL_H
#define BELAY_CCURL_H
#include <curl/curl.h>
#endif
