import pytest

from deploy_actions.services.proxies import proxy_for

PROXY = "http://proxy.example:3128"
JIRA = "https://jira.acme.example/rest/api/2/field"


@pytest.mark.parametrize(
    ("url", "environ", "expected"),
    [
        (JIRA, {}, None),
        (JIRA, {"https_proxy": PROXY}, PROXY),
        (JIRA, {"HTTPS_PROXY": PROXY}, PROXY),
        (JIRA, {"https_proxy": PROXY, "HTTPS_PROXY": "http://other.example"}, PROXY),
        (JIRA, {"https_proxy": "", "HTTPS_PROXY": PROXY}, PROXY),
        (JIRA, {"https_proxy": "proxy.example:3128"}, PROXY),
        (JIRA, {"http_proxy": PROXY, "HTTP_PROXY": PROXY}, None),
        (JIRA.upper(), {"https_proxy": PROXY}, PROXY),
        ("http://127.0.0.1:8080/", {"https_proxy": PROXY, "http_proxy": PROXY}, None),
        ("http://localhost/", {"https_proxy": PROXY, "http_proxy": PROXY}, None),
        ("no url", {"https_proxy": PROXY}, None),
        (JIRA, {"https_proxy": PROXY, "no_proxy": ""}, PROXY),
        (JIRA, {"https_proxy": PROXY, "no_proxy": ","}, PROXY),
        (JIRA, {"https_proxy": PROXY, "no_proxy": "jira.acme.example"}, None),
        (JIRA, {"https_proxy": PROXY, "NO_PROXY": "jira.acme.example"}, None),
        (JIRA, {"https_proxy": PROXY, "no_proxy": "JIRA.ACME.example"}, None),
        (JIRA, {"https_proxy": PROXY, "no_proxy": "localhost, acme.example"}, None),
        (JIRA, {"https_proxy": PROXY, "no_proxy": ".acme.example"}, None),
        (JIRA, {"https_proxy": PROXY, "no_proxy": "*.acme.example"}, None),
        (JIRA, {"https_proxy": PROXY, "no_proxy": "*"}, None),
        (JIRA, {"https_proxy": PROXY, "no_proxy": "me.example"}, PROXY),
        (JIRA, {"https_proxy": PROXY, "no_proxy": "jira.acme.example.org"}, PROXY),
        (JIRA, {"https_proxy": PROXY, "no_proxy": "jira"}, PROXY),
        ("https://JIRA.acme.example:8443/", {"https_proxy": PROXY, "no_proxy": "acme.example"}, None),
        ("https://user:acme.example@other.example/", {"https_proxy": PROXY, "no_proxy": "acme.example"}, PROXY),
        ("https://other.example/acme.example", {"https_proxy": PROXY, "no_proxy": "acme.example"}, PROXY),
        ("https://other.example?@acme.example", {"https_proxy": PROXY, "no_proxy": "acme.example"}, PROXY),
        ("https://[::1]:8443/", {"https_proxy": PROXY, "no_proxy": "::1"}, None),
        ("https://[::1]/", {"https_proxy": PROXY, "no_proxy": "[::1]"}, None),
        ("https://10.0.0.7/", {"https_proxy": PROXY, "no_proxy": "10.0.0.7"}, None),
    ],
)
def test_the_environment_says_which_proxy_leads_to_an_address(
    url: str, environ: dict[str, str], expected: str | None
) -> None:
    assert proxy_for(url, environ) == expected
