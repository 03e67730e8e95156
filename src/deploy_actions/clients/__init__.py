"""What Jira and GitHub are asked, and how their answers are read. Pure: each request leaves through the port `Http`."""
