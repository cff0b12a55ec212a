/*
 * From OpenSSL's certificate to plain facts. Names inside a certificate are outside text: all are
 * cleaned here.
 */
#include "source/poll/cert.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "base/units.h"

#define NAME_FLAGS                                                                                 \
	(XN_FLAG_SEP_CPLUS_SPC | XN_FLAG_DN_REV | XN_FLAG_FN_SN | ASN1_STRFLGS_UTF8_CONVERT)

static int64_t time_ms(const ASN1_TIME *asn1)
{
	struct tm broken;

	if (!asn1 || !ASN1_TIME_to_tm(asn1, &broken))
		return 0;
	return (int64_t)timegm(&broken) * 1000;
}

static void read_name(char *out, size_t capacity, const X509_NAME *name)
{
	BIO *memory = BIO_new(BIO_s_mem());
	char *data = NULL;
	long size;

	out[0] = '\0';
	if (!memory)
		return;
	X509_NAME_print_ex(memory, name, 0, NAME_FLAGS);
	size = BIO_get_mem_data(memory, &data);
	if (size > 0)
		text_clean(out, capacity, data, (size_t)size, TEXT_LINE);
	BIO_free(memory);
}

/* One alternative name as text; its length, 0 where it is of no kind we show. */
static size_t alternative(char *out, size_t capacity, const GENERAL_NAME *name)
{
	const unsigned char *data;
	char address[INET6_ADDRSTRLEN];
	int type, size;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);

	if (type != GEN_DNS && type != GEN_IPADD)
		return 0;
	data = ASN1_STRING_get0_data(value);
	size = ASN1_STRING_length(value);
	if (type == GEN_DNS)
		return size > 0 ? text_clean(out, capacity, data, (size_t)size, TEXT_LINE) : 0;
	if (size != 4 && size != 16)
		return 0;
	if (!inet_ntop(size == 4 ? AF_INET : AF_INET6, data, address, sizeof address))
		return 0;
	return text_copy(out, capacity, address);
}

static void read_alternatives(struct cert_facts *facts, X509 *leaf)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
	size_t used = 0;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		char text[128];

		if (!alternative(text, sizeof text, sk_GENERAL_NAME_value(names, i)))
			continue;
		facts->name_count++;
		if (used + strlen(text) + 2 < sizeof facts->names)
			used += text_format(facts->names + used, sizeof facts->names - used, "%s%s",
					    used ? " " : "", text);
	}
	GENERAL_NAMES_free(names);
	ERR_clear_error();
}

void cert_read(struct cert_facts *facts, struct x509_st *leaf, const uint8_t digest[32])
{
	facts->name_count = 0;
	facts->names[0] = '\0';
	facts->not_before_ms = time_ms(X509_get0_notBefore(leaf));
	facts->not_after_ms = time_ms(X509_get0_notAfter(leaf));
	read_name(facts->subject, sizeof facts->subject, X509_get_subject_name(leaf));
	read_name(facts->issuer, sizeof facts->issuer, X509_get_issuer_name(leaf));
	read_alternatives(facts, leaf);
	for (size_t i = 0; i < 32; i++)
		snprintf(facts->fingerprint + 2 * i, 3, "%02x", digest[i]);
}

int64_t cert_chain_not_after_ms(struct stack_st_X509 *chain)
{
	int64_t earliest = INT64_MAX;

	for (int i = 0; i < sk_X509_num(chain); i++) {
		int64_t end = time_ms(X509_get0_notAfter(sk_X509_value(chain, i)));

		if (end < earliest)
			earliest = end;
	}
	return earliest;
}

enum probe_class cert_class(int verify_error)
{
	switch (verify_error) {
	case X509_V_OK:
		return CLASS_OK;
	case X509_V_ERR_CERT_HAS_EXPIRED:
	case X509_V_ERR_CRL_HAS_EXPIRED:
		return CLASS_TLS_EXPIRED;
	case X509_V_ERR_CERT_NOT_YET_VALID:
	case X509_V_ERR_CRL_NOT_YET_VALID:
		return CLASS_TLS_NOT_YET_VALID;
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return CLASS_TLS_HOSTNAME;
	case X509_V_ERR_EE_KEY_TOO_SMALL:
	case X509_V_ERR_CA_KEY_TOO_SMALL:
	case X509_V_ERR_CA_MD_TOO_WEAK:
		return CLASS_TLS_WEAK;
	default:
		return CLASS_TLS_UNTRUSTED;
	}
}

static void date_problem(char out[160], bool expired, const struct cert_facts *facts,
			 int64_t now_ms)
{
	int64_t at_ms = expired ? facts->not_after_ms : facts->not_before_ms;
	int64_t away_ms = expired ? now_ms - at_ms : at_ms - now_ms;
	const char *whose = "certificate";
	char date[FORMAT_MAX], length[FORMAT_MAX];

	if (!expired && away_ms <= 0) {
		text_copy(out, 160, "certificate of the issuer is not valid yet");
		return;
	}
	if (expired && away_ms < 0) {
		whose = "certificate of the issuer";
		at_ms = facts->chain_not_after_ms;
		away_ms = now_ms - at_ms;
	}
	format_stamp(date, at_ms, STAMP_DATE, true, now_ms);
	format_length(length, away_ms);
	if (away_ms >= DAY_MS)
		snprintf(length, sizeof length, "%lld day%s", (long long)(away_ms / DAY_MS),
			 away_ms / DAY_MS == 1 ? "" : "s");
	if (expired)
		text_format(out, 160, "%s expired %s ago, on %s", whose, length, date);
	else
		text_format(out, 160, "%s is not valid before %s, in %s", whose, date, length);
}

void cert_problem(char out[160], int verify_error, const struct cert_facts *facts, int64_t now_ms)
{
	enum probe_class cls = cert_class(verify_error);

	out[0] = '\0';
	if (cls == CLASS_OK)
		return;
	if (cls == CLASS_TLS_EXPIRED || cls == CLASS_TLS_NOT_YET_VALID)
		date_problem(out, cls == CLASS_TLS_EXPIRED, facts, now_ms);
	else if (verify_error == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT)
		text_format(out, 160, "certificate is signed by itself");
	else if (verify_error == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN)
		text_format(out, 160, "certificate ends in an authority that is not trusted");
	else if (verify_error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
		 verify_error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE)
		text_format(out, 160, "certificate's issuer is not trusted or not sent: %s",
			    facts->issuer);
	else
		text_format(out, 160, "certificate refused: %s",
			    X509_verify_cert_error_string(verify_error));
}

void cert_name_problem(char out[160], const struct cert_facts *facts, const char *host)
{
	char names[80], shown[64];

	text_fit(names, sizeof names, facts->names[0] ? facts->names : facts->subject, 60, CUT_END,
		 false);
	text_clean(shown, sizeof shown, host, strlen(host), TEXT_LINE);
	/* As a name, which an address is not. */
	if (strcmp(names, shown) == 0)
		text_format(out, 160, "certificate has %s as the name of a host, not as an address",
			    names);
	else
		text_format(out, 160, "certificate is for %s, not for %s", names, shown);
}
