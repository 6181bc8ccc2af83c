#include <coap3/coap.h>

int main(void)
{
    return coap_oscore_is_supported() ? 0 : 1;
}
